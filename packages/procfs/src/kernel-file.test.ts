import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deviceFiles } from './device-files.ts';
import { openHost } from './reader.ts';
import { FieldKey } from './scan/field-key.ts';
import { FieldCollector } from './scan/field-sink.ts';
import type { FileShape, KernelFile, OpenSource } from './types.ts';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kernel-file-'));
});

afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function textOf(file: KernelFile, shape?: FileShape): string {
  const end = file.read(shape);
  expect(file.bytes[end]).toBe(0);
  return Buffer.from(file.bytes.subarray(0, end)).toString();
}

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

describe('a kernel file', () => {
  test('is read to its end, though it says that it is 0 bytes long and gives a page at a time', () => {
    const lines = (text: string) => text.trimEnd().split('\n').length;
    const host = openHost();
    for (const path of ['/proc/vmstat', '/proc/self/smaps', '/proc/kallsyms']) {
      const file = host.open(path);
      const want = lines(readFileSync(path, 'utf8'));
      expect(Math.abs(lines(textOf(file)) - want)).toBeLessThan(want / 10);
      file.close();
    }
  });

  test.each([
    ['one record', ['/proc/stat', '/proc/meminfo', '/proc/net/netstat', '/proc/net/snmp6', '/proc/self/status']],
    ['short lines', ['/proc/vmstat', '/proc/net/dev', '/proc/diskstats', '/proc/kallsyms', '/proc/crypto']],
  ] as const)('of the shape %s is read whole all the same', (shape, paths) => {
    const host = openHost();
    for (const path of paths) {
      const file = host.open(path);
      // Words, not bytes: counters grow while they are read.
      const words = (some: string) => some.split(/\s+/).length;
      const [before, whole, after] = [readFileSync(path, 'utf8'), textOf(file, shape), readFileSync(path, 'utf8')].map(
        words,
      );
      expect([before, after], path).toContain(whole);
      file.close();
    }
  });

  test('is fresh at every read, from one descriptor', () => {
    const file = openHost().open('/proc/uptime');
    const first = Number.parseFloat(textOf(file));
    const before = openDescriptors();
    let last = first;
    while (last === first) last = Number.parseFloat(textOf(file));
    expect(last).toBeGreaterThan(first);
    expect(openDescriptors()).toBe(before);
    file.close();
    expect(openDescriptors()).toBe(before - 1);
  });

  test('of a capture is the one that bears the name now', () => {
    const file = openHost(root).open('/proc/x');
    put('/proc/x', 'first\n');
    expect(textOf(file)).toBe('first\n');
    put('/proc/new', 'second, longer\n');
    renameSync(join(root, '/proc/new'), join(root, '/proc/x'));
    expect(textOf(file)).toBe('second, longer\n');
    put('/proc/x', '');
    expect(textOf(file)).toBe('');
  });

  test('may be of any length', () => {
    const host = openHost(root);
    for (const length of [0, 1, 4095, 4096, 16_383, 16_384, 16_385, 1_000_000]) {
      put('/long', 'x'.repeat(length));
      expect(textOf(host.open('/long'))).toHaveLength(length);
    }
    put('/long', 'short');
    expect(textOf(host.open('/long'))).toBe('short');
    expect(host.bytesRead).toBe(4095 + 4096 + 16_383 + 16_384 + 16_385 + 1_000_000 + 1 + 5);
  });

  test('is the first of its paths that exists', () => {
    put('/proc/net/dev', 'own');
    const file = openHost(root).open('/proc/1/net/dev', '/proc/net/dev');
    expect(textOf(file)).toBe('own');
  });

  test('that is not there is unavailable until it is', () => {
    const file = openHost(root).open('/proc/pressure/cpu');
    expect(() => file.read()).toThrow(expect.objectContaining({ name: 'SourceError', reason: 'unavailable' }));
    put('/proc/pressure/cpu', 'some');
    expect(textOf(file)).toBe('some');
  });

  test('that the kernel will not give is failed, and tried anew', () => {
    // Writing is all that this file is for: reading it is EIO or EINVAL, whatever the kernel.
    const file = openHost().open('/proc/self/mem');
    const before = openDescriptors();
    for (let time = 0; time < 3; time += 1)
      expect(() => file.read()).toThrow(expect.objectContaining({ name: 'SourceError', reason: 'failed' }));
    expect(openDescriptors()).toBe(before);
  });

  test('more than can be kept open are read all the same', () => {
    const host = openHost();
    const files = Array.from({ length: 2000 }, () => host.open('/proc/uptime'));
    for (const file of files) expect(textOf(file)).toMatch(/^\d+\.\d+ /);
    expect(openDescriptors()).toBeLessThan(1800);
    for (const file of files) file.close();
    const spare = openSync('/dev/null', 'r');
    closeSync(spare);
  });
});

describe('files of devices', () => {
  function opened(): OpenSource {
    const host = openHost(root);
    return deviceFiles(host, () =>
      host.list('/devices').map((name) => {
        const key = new FieldKey(`device_${name}`);
        return { path: `/devices/${name}`, scan: (text, _, sink) => void sink.decimal(key, text, 0) };
      }),
    );
  }

  async function sampled(source: OpenSource): Promise<unknown> {
    const collector = new FieldCollector();
    await source.sample(collector, () => {});
    return collector.fields;
  }

  test('are all read at every tick', async () => {
    put('/devices/a', '1\n');
    put('/devices/b', '-2\n');
    const source = opened();
    expect(await sampled(source)).toStrictEqual({ device_a: 1, device_b: -2 });
    put('/devices/a', '3\n');
    expect(await sampled(source)).toStrictEqual({ device_a: 3, device_b: -2 });
  });

  test('that have gone cost only themselves, and then all are looked for again', async () => {
    put('/devices/a', '1\n');
    put('/devices/b', '2\n');
    const source = opened();
    await sampled(source);
    unlinkSync(join(root, '/devices/a'));
    put('/devices/c', '3\n');
    expect(await sampled(source)).toStrictEqual({ device_b: 2 });
    expect(await sampled(source)).toStrictEqual({ device_b: 2, device_c: 3 });
  });

  test('are unavailable where there is no directory of them', () => {
    expect(() => opened().sample(new FieldCollector(), () => {})).toThrow(
      expect.objectContaining({ reason: 'unavailable' }),
    );
  });
});
