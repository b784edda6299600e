import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostRoot } from '@perfcollector/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runPcc } from '../test-run.ts';

describe('pcc once', () => {
  test('prints every field of a captured host as JSON, exact above 2^53', async () => {
    const { code, stdout, stderr } = await runPcc(['once', '--json', '--root', hostRoot('alpine3.19-6.6-x86_64')]);
    const { fields, tags } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(stderr).toBe(''); // what a host does not have is no news for one sample
    expect(tags).toEqual({ machine_id: '31900000000040008000000000000005' });
    expect(fields.net_eth0_rx_bytes).toBe('9007199254740995');
    expect(fields.net_eth1_rx_drop).toBe('18446744073709551615');
    expect(fields.cpu_idle).toBe(2514452775);
    expect(fields.cpu0_idle).toBe(2514452775);
  });

  test('leaves out what an old kernel does not offer, and invents nothing', async () => {
    const { stdout } = await runPcc(['once', '--json', '--root', hostRoot('centos7-3.10-x86_64')]);
    const { fields } = JSON.parse(stdout);
    expect(fields).not.toHaveProperty('mem_available');
    expect(fields).not.toHaveProperty('disk_sda_discards');
    expect(fields).toMatchObject({
      disk_sda_reads: 1838121,
      'net_eth0:1_rx_bytes': 48213,
      net_eth1_rx_bytes: 1234567890,
    });
    // The capture's mounts are not here, and the disk below them is not theirs.
    expect(Object.keys(fields).filter((name) => name.startsWith('fs_'))).toEqual([]);
  });

  test('agrees with an independent reading of the same kernel files', async () => {
    const { stdout } = await runPcc(['once', '--json']);
    const { fields } = JSON.parse(stdout);
    const memTotal = /^MemTotal:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
    const [cpu = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
    const later = cpu.split(/\s+/).slice(1, 9).map(Number);
    const sampled = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'].map(
      (stat) => fields[`cpu_${stat}`],
    );
    expect(fields.mem_total).toBe(Number(memTotal));
    for (const [at, ticks] of sampled.entries()) {
      expect(ticks).toBeGreaterThan(0 - 1);
      expect(later[at]).toBeGreaterThanOrEqual(at === 4 ? 0 : ticks); // iowait alone may go backwards
    }
    const devices = readFileSync('/proc/diskstats', 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/)[2]);
    for (const device of devices.filter((name) => !/^(loop|ram|zram|dm-|md)/.test(name ?? '')))
      expect(fields).toHaveProperty([`disk_${device}_reads`]);
    const counters = readFileSync('/proc/vmstat', 'utf8').trim().split('\n').length;
    expect(Object.keys(fields).filter((name) => name.startsWith('vm_'))).toHaveLength(counters);
  });

  test('says where there is no host', async () => {
    const { code, stderr } = await runPcc(['once', '--root', join(hostRoot('centos7-3.10-x86_64'), 'etc')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/cannot read a host below .*: there is no directory .*\/proc\n {2}Mount it/);
  });

  test('says where nobody mounted /proc, as in a bare chroot', async () => {
    const root = mkdtempSync(join(tmpdir(), 'pcc-once-'));
    onTestFinished(() => rmSync(root, { recursive: true }));
    mkdirSync(join(root, 'proc'));
    const { code, stdout, stderr } = await runPcc(['once', '--root', root]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/the directory .*\/proc is empty\n {2}Mount it/);
  });

  test('prints a table for people', async () => {
    const { stdout } = await runPcc(['once', '--root', hostRoot('centos7-3.10-x86_64')]);
    expect(stdout).toMatch(/^FIELD +VALUE +UNIT\n/);
    expect(stdout).toMatch(/^mem_total +16266544 +KiB$/m);
  });
});
