import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SourceError } from './errors.ts';
import { readHostFacts } from './host/host-facts.ts';
import { readMachineId } from './host/machine-id.ts';
import { openHost } from './reader.ts';
import { sources } from './sources/index.ts';
import { netDevSource } from './sources/net-dev/index.ts';
import { sampleOf } from './test-sampling.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'procfs-reader-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** The SourceError that reading ends in. */
function problemOf(...paths: string[]): SourceError {
  return problemBelow(root, paths);
}

function problemBelow(folder: string, paths: readonly string[]): SourceError {
  return problemWith(() => openHost(folder).readText(...paths));
}

function problemWith(read: () => unknown): SourceError {
  try {
    read();
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
  throw new Error('it was read');
}

describe('a host', () => {
  test.each([
    ['', 0],
    ['one line', 8],
    ['line\n'.repeat(1_000_000), 5_000_000],
    ['é資\n'.repeat(100_000), 300_000],
  ])('gives a whole file, whatever its size (%#)', (text, length) => {
    put('/proc/file', text);
    expect(openHost(root).readText('/proc/file')).toHaveLength(length);
    expect(openHost(root).readText('/proc/file') === text).toBe(true);
  });

  test('gives a kernel file that says it is empty', () => {
    expect(statSync('/proc/version').size).toBe(0);
    expect(openHost().readText('/proc/version')).toBe(execFileSync('cat', ['/proc/version'], { encoding: 'utf8' }));
    expect(openHost().readText('/proc/version')).toMatch(/^Linux version /);
  });

  test('gives the first file that exists', () => {
    put('/b', 'second');
    put('/c', 'third');
    expect(openHost(root).readText('/a', '/b', '/c')).toBe('second');
    put('/a', 'first');
    expect(openHost(root).readText('/a', '/b', '/c')).toBe('first');
  });

  test('gives what is in a file now, not what was', () => {
    const host = openHost(root);
    put('/a', 'one');
    expect(host.readText('/a')).toBe('one');
    put('/a', 'two');
    expect(host.readText('/a')).toBe('two');
  });

  test.each(['/', '//', '/.', '/tmp/..'])('is our own below %s', (own) => {
    expect(openHost(own).isOwn).toBe(true);
  });

  test('is our own unless told otherwise', () => {
    expect(openHost()).toMatchObject({ root: '/', isOwn: true });
  });

  test('is another one below any other root', () => {
    expect(openHost(root)).toMatchObject({ root, isOwn: false });
  });
});

describe('a directory', () => {
  test('is listed', () => {
    put('/sys/block/sda/size', '8');
    put('/sys/block/sdb/size', '8');
    expect(openHost(root).list('/sys/block').sort()).toStrictEqual(['sda', 'sdb']);
    expect(openHost().list('/proc/self')).toContain('status');
  });

  test.each([
    ['/missing', 'ENOENT'],
    ['/file', 'ENOTDIR'],
  ])('is unavailable as %s', (path, code) => {
    put('/file', '');
    expect(problemWith(() => openHost(root).list(path))).toMatchObject({
      reason: 'unavailable',
      message: `cannot read ${root}${path}: ${code}`,
    });
  });
});

describe('a symbolic link', () => {
  test('is read as it is written', () => {
    symlinkSync('../../bus/pci/drivers/igb', join(root, 'driver'));
    expect(openHost(root).readLink('/driver')).toBe('../../bus/pci/drivers/igb');
    expect(openHost().readLink('/proc/self')).toBe(String(process.pid));
  });

  test('is not what is a file, or missing', () => {
    put('/file', '');
    expect(problemWith(() => openHost(root).readLink('/file')).message).toBe(`cannot read ${root}/file: EINVAL`);
    expect(problemWith(() => openHost(root).readLink('/missing')).reason).toBe('unavailable');
  });
});

describe('a file is unavailable', () => {
  test('when it does not exist', () => {
    const problem = problemOf('/proc/pressure/cpu');
    expect(problem.reason).toBe('unavailable');
    expect(problem.message).toBe(`cannot read ${root}/proc/pressure/cpu: ENOENT`);
    expect(problem.cause).toMatchObject({ code: 'ENOENT' });
  });

  test('when none of several exists, by the name of the first', () => {
    expect(problemOf('/a', '/b').reason).toBe('unavailable');
    expect(problemOf('/a', '/b').message).toBe(`cannot read ${root}/a: ENOENT`);
  });

  test('when a folder of its path is a file', () => {
    put('/proc/net', 'not a folder');
    expect(problemOf('/proc/net/dev')).toMatchObject({
      reason: 'unavailable',
      message: expect.stringContaining('ENOTDIR'),
    });
  });

  test('when it is a link to nowhere', () => {
    symlinkSync('nowhere', join(root, 'link'));
    expect(problemOf('/link').reason).toBe('unavailable');
  });

  test('when the whole root is missing', () => {
    expect(problemBelow(join(root, 'missing'), ['/proc/stat']).reason).toBe('unavailable');
  });
});

describe('reading a file fails', () => {
  test('when it is a directory', () => {
    mkdirSync(join(root, 'proc/stat'), { recursive: true });
    expect(problemOf('/proc/stat')).toMatchObject({
      reason: 'failed',
      message: `cannot read ${root}/proc/stat: EISDIR`,
      cause: { code: 'EISDIR' },
    });
  });

  test('when it is a link to itself', () => {
    symlinkSync('loop', join(root, 'loop'));
    expect(problemOf('/loop')).toMatchObject({ reason: 'failed', message: expect.stringContaining('ELOOP') });
  });

  test.skipIf(process.getuid?.() === 0)('when we may not read it', () => {
    writeFileSync(join(root, 'secret'), 'x', { mode: 0o000 });
    expect(problemOf('/secret')).toMatchObject({ reason: 'failed', message: expect.stringContaining('EACCES') });
  });

  test('even when another path could be read', () => {
    mkdirSync(join(root, 'a'));
    put('/b', 'there');
    expect(problemOf('/a', '/b').reason).toBe('failed');
  });

  test('as a bug when no path is given', () => {
    expect(() => openHost(root).readText()).toThrow(/^BUG: /);
  });
});

describe('an empty host', () => {
  test.each(sources.filter((source) => source.open && source.groups.length > 0))(
    'has $name unavailable',
    async (source) => {
      const reading = sampleOf(source, openHost(root));
      await expect(reading).rejects.toThrow(SourceError);
      await expect(reading).rejects.toMatchObject({ reason: 'unavailable' });
    },
  );

  test('has no machine id, and not ours', () => {
    expect(readMachineId(openHost(root))).toBeUndefined();
  });

  test('was left as it was found', () => {
    readHostFacts(openHost(root));
    expect(readdirSync(root)).toStrictEqual([]);
  });
});

describe('another host', () => {
  test("has the network of its process 1, not of the reader's", async () => {
    put('/proc/net/dev', '  eth0: 1\n');
    expect((await sampleOf(netDevSource, openHost(root))).fields).toStrictEqual({ net_eth0_rx_bytes: 1 });
    put('/proc/1/net/dev', '  eth0: 2\n');
    expect((await sampleOf(netDevSource, openHost(root))).fields).toStrictEqual({ net_eth0_rx_bytes: 2 });
  });

  test.each([
    ['0123456789abcdef0123456789abcdef\n', '0123456789abcdef0123456789abcdef'],
    ['  spaced  \nsecond line\n', 'spaced'],
    ['', undefined],
    ['\n\n', undefined],
  ])('has the machine id of %j', (text, id) => {
    put('/etc/machine-id', text);
    expect(readMachineId(openHost(root))).toBe(id);
  });
});
