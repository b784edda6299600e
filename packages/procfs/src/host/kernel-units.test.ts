import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openHost } from '../reader.ts';
import { readHostname } from './hostname.ts';
import { isThisKernel, readKernelUnits } from './kernel-units.ts';
import { describeScope } from './scope.ts';
import { asOwn, hostOf } from './test-host.ts';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';
const ours = { [BOOT_ID]: readFileSync(BOOT_ID, 'utf8') };
const theirs = { [BOOT_ID]: '0f6a7c9e-2d44-4c1e-9d6a-3f1c9a7b1b22\n' };

describe('the kernel', () => {
  test('is this one below another root of this machine', () => {
    expect(isThisKernel(hostOf(ours))).toBe(true);
    expect(isThisKernel(openHost())).toBe(true);
  });

  test.each([{}, theirs, { [BOOT_ID]: '\n' }])(
    'is another one, or unknown, with %j',
    (files: Record<string, string>) => {
      expect(isThisKernel(hostOf(files))).toBe(false);
    },
  );

  test('has the same units below another root, and unknown ones in a capture', () => {
    const units = readKernelUnits(openHost());
    expect(units.clock_ticks).toBeGreaterThan(0);
    expect(units.page_size).toBeGreaterThanOrEqual(4096);
    expect(readKernelUnits(hostOf(ours))).toStrictEqual(units);
    expect(readKernelUnits(hostOf(theirs))).toStrictEqual({});
    expect(readKernelUnits(hostOf({}))).toStrictEqual({});
  });
});

describe('the host name', () => {
  const names = { '/proc/sys/kernel/hostname': 'shown\n', '/etc/hostname': 'written\n' };

  test('of a capture is the one that its kernel showed', () => {
    expect(readHostname(hostOf({ ...theirs, ...names }))).toBe('shown');
    expect(readHostname(hostOf({ '/proc/sys/kernel/hostname': '\n' }))).toBeUndefined();
  });

  test('of this kernel is its own, unless this process is in a namespace with another name', () => {
    const isInitial = openHost().readLink('/proc/self/ns/uts') === 'uts:[4026531838]';
    expect(readHostname(hostOf({ ...ours, ...names }))).toBe(isInitial ? 'shown' : 'written');
  });
});

describe('the scope', () => {
  test('is this host outside of a container', () => {
    expect(describeScope(asOwn(hostOf({})), undefined)).toBe('this host');
  });

  test('is divided in a container', () => {
    expect(describeScope(asOwn(hostOf({})), 'docker')).toBe(
      "a container: CPU, memory and disks are the host's, network and mounts the container's",
    );
  });

  test('is what lxcfs shows where it is mounted', () => {
    const mountinfo = '512 480 0:45 /proc/meminfo /proc/meminfo rw,nosuid,nodev - fuse.lxcfs lxcfs rw\n';
    const host = asOwn(hostOf({ '/proc/self/mountinfo': mountinfo }));
    expect(describeScope(host, 'lxc')).toMatch(/^a container: CPU and memory as lxcfs shows them/);
  });

  test('is the virtual machine of WSL', () => {
    expect(describeScope(asOwn(hostOf({})), 'wsl')).toMatch(/^a Linux inside Windows/);
  });

  test('below another root tells the host from a capture', () => {
    const [host, capture] = [hostOf(ours), hostOf(theirs)];
    expect(describeScope(host, undefined)).toBe(`the host below ${host.root} (network and mounts of its process 1)`);
    expect(describeScope(capture, undefined)).toBe(`a capture, or another kernel's files, below ${capture.root}`);
  });
});
