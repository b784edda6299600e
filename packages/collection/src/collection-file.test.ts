import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { canMount, smallDisk } from '@perfcollector/testing';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CollectionFile } from './collection-file.ts';
import { openFile } from './decompress.ts';
import { encodeLine, type Sample } from './lines.ts';
import { type Damage, type Entry, noDamage, readCollection } from './read-collection.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'collection-file-'));
  path = join(directory, 'pcc.json');
});

afterEach(() => rmSync(directory, { recursive: true }));

/** Opens, works and closes, whatever comes of it. */
function withFile<T>(name: string, work: (file: CollectionFile) => T): T {
  const file = CollectionFile.open(name);
  try {
    return work(file);
  } finally {
    file.close();
  }
}

function append(name: string, ...texts: readonly string[]): void {
  withFile(name, (file) => {
    for (const text of texts) file.append(text);
  });
}

async function read(name: string): Promise<{ entries: Entry[]; damage: Damage }> {
  const damage = noDamage();
  return { entries: await Array.fromAsync(readCollection(openFile(name), damage)), damage };
}

/** A sample of some length that compresses badly. */
function sample(seq: number): Sample {
  const noise = Array.from({ length: 40 }, (_, at) => Math.sin(seq * 41 + at).toString(36)).join('');
  return { timestamp: 1704067200 + seq, run: 'r1', seq, fields: { cpu_user: seq, label: noise } };
}
const line = (seq: number): string => encodeLine(sample(seq));
const entriesOf = (...seqs: readonly number[]): Entry[] => seqs.map((seq) => ({ kind: 'sample', value: sample(seq) }));

/** The code that the file system's error carries; undefined where there was none. */
function codeOf(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

describe('a collection file', () => {
  test('has each line on disk as soon as it is appended', () => {
    withFile(path, (file) => {
      for (const seq of [1, 2, 3]) {
        file.append(line(seq));
        expect(readFileSync(path, 'utf8').endsWith(line(seq))).toBe(true);
        expect(file.pendingBytes).toBe(0);
      }
    });
    expect(readFileSync(path, 'utf8')).toBe(line(1) + line(2) + line(3));
  });

  test('goes on where it ended when it is opened again', () => {
    append(path, line(1));
    append(path, line(2));
    expect(readFileSync(path, 'utf8')).toBe(line(1) + line(2));
  });

  test('is there, and empty, when it has only been opened', () => {
    append(path);
    expect(statSync(path).size).toBe(0);
    append(path, line(1));
    expect(readFileSync(path, 'utf8')).toBe(line(1));
  });

  test('keeps what another process appended in between', () => {
    withFile(path, (file) => {
      file.append(line(1));
      appendFileSync(path, line(2));
      file.append(line(3));
    });
    expect(readFileSync(path, 'utf8')).toBe(line(1) + line(2) + line(3));
  });

  test('takes bytes as it takes text, and does not need them behind the call', () => {
    const bytes = Buffer.from(line(1));
    withFile('/dev/full', (file) => {
      expect(codeOf(() => file.append(bytes))).toBe('ENOSPC');
      expect([file.pendingPieces, file.pendingBytes]).toEqual([1, bytes.length]);
    });
    withFile(path, (file) => {
      file.append(bytes);
      bytes.fill('x');
      file.append(Buffer.from(line(2)));
      expect(file.size).toBe(statSync(path).size);
    });
    append(path, line(3));
    expect(readFileSync(path, 'utf8')).toBe(line(1) + line(2) + line(3));
  });

  test('knows its path', () => {
    withFile(path, (file) => expect(file.path).toBe(path));
  });
});

describe('the torn last line of an earlier run', () => {
  const torn = Buffer.from('{"timestamp":1704067299,"fields":{"label":"größe 🚀').subarray(0, -2);

  test('stays as it is, and the next line begins on a line of its own', async () => {
    writeFileSync(path, Buffer.concat([Buffer.from(line(1)), torn]));
    append(path, line(2), line(3));
    expect(readFileSync(path)).toEqual(
      Buffer.concat([Buffer.from(line(1)), torn, Buffer.from(`\n${line(2)}${line(3)}`)]),
    );
    const { entries, damage } = await read(path);
    expect(entries).toEqual(entriesOf(1, 2, 3));
    expect(damage).toMatchObject({ badLines: 1, examples: [{ line: 2 }], tornBytes: 0 });
  });

  test('is no loss where only its line feed is missing', async () => {
    writeFileSync(path, line(1).trimEnd());
    append(path, line(2));
    expect(await read(path)).toEqual({ entries: entriesOf(1, 2), damage: noDamage() });
  });

  test('costs no other line, wherever the file was cut off', async () => {
    const whole = Buffer.from(line(1) + line(2) + line(3));
    const ends = [1, 2, 3].map((seq) => Buffer.byteLength([1, 2, 3].slice(0, seq).map(line).join('')) - 1);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), async (cut) => {
        writeFileSync(path, whole.subarray(0, cut));
        append(path, line(4));
        expect(readFileSync(path).subarray(0, cut)).toEqual(whole.subarray(0, cut));
        const kept = [1, 2, 3].filter((_, at) => (ends[at] ?? 0) <= cut);
        expect((await read(path)).entries).toEqual(entriesOf(...kept, 4));
      }),
    );
  });
});

describe.each([
  { suffix: '.gz', magic: '1f8b', unpack: (bytes: Buffer) => gunzipSync(bytes) },
  { suffix: '.zst', magic: '28b52ffd', unpack: (bytes: Buffer) => zstdDecompressSync(bytes) },
])('a name that ends in $suffix', ({ suffix, magic, unpack }) => {
  test('is written packed and read back whole, over several runs', async () => {
    const packed = `${path}${suffix}`;
    append(packed, line(1), line(2));
    append(packed, line(3) + line(4));
    expect(await read(packed)).toEqual({ entries: entriesOf(1, 2, 3, 4), damage: noDamage() });
  });

  test('is really packed', () => {
    const packed = `${path}${suffix}`;
    append(packed, line(1).repeat(100));
    const bytes = readFileSync(packed);
    expect(bytes.toString('hex').startsWith(magic)).toBe(true);
    expect(bytes.length).toBeLessThan(line(1).length * 2);
    expect(unpack(bytes).toString()).toBe(line(1).repeat(100));
  });

  test('holds a piece for each append, so that those before it can always be read', async () => {
    const packed = `${path}${suffix}`;
    const sizes = [1, 2, 3].map((seq) => {
      append(packed, line(seq));
      return statSync(packed).size;
    });
    for (const [at, size] of sizes.entries()) {
      writeFileSync(`${packed}.part`, readFileSync(packed).subarray(0, size));
      expect((await read(`${packed}.part`)).entries).toEqual(entriesOf(...[1, 2, 3].slice(0, at + 1)));
    }
  });

  test('goes on behind a torn end, and only the torn piece is lost', async () => {
    const packed = `${path}${suffix}`;
    append(packed, line(1), line(2));
    const size = statSync(packed).size;
    append(packed, line(3));
    truncateSync(packed, statSync(packed).size - 9);
    const torn = statSync(packed).size - size;
    append(packed, line(4), line(5));
    const { entries, damage } = await read(packed);
    expect(entries).toEqual(entriesOf(1, 2, 4, 5));
    expect(damage).toMatchObject({ badLines: 0, holeCount: 1, holes: [{ at: size, bytes: torn }] });
  });

  test('in the middle of a name means nothing', () => {
    const plain = `${path}${suffix}.json`;
    append(plain, line(1));
    expect(readFileSync(plain, 'utf8')).toBe(line(1));
  });
});

describe('a file that cannot be opened', () => {
  test('because it is a directory fails with EISDIR', () => {
    expect(codeOf(() => CollectionFile.open(directory))).toBe('EISDIR');
  });

  test('because its directory is not there fails with ENOENT', () => {
    expect(codeOf(() => CollectionFile.open(join(directory, 'no', 'pcc.json')))).toBe('ENOENT');
  });

  test('because a file stands where a directory should fails with ENOTDIR', () => {
    writeFileSync(path, '');
    expect(codeOf(() => CollectionFile.open(join(path, 'pcc.json')))).toBe('ENOTDIR');
  });
});

describe('a device that is always full', () => {
  test('lets lines wait and says ENOSPC each time', () => {
    withFile('/dev/full', (file) => {
      expect(codeOf(() => file.append('abc\n'))).toBe('ENOSPC');
      expect(file.pendingBytes).toBe(4);
      expect(codeOf(() => file.append('de\n'))).toBe('ENOSPC');
      expect(file.pendingBytes).toBe(7);
      expect(codeOf(() => file.flush())).toBe('ENOSPC');
      expect(file.pendingBytes).toBe(7);
    });
  });

  test('lets no more than 64 MiB wait; what is over that is refused and the rest still waits', () => {
    const mebibyte = `${'x'.repeat(1024 * 1024 - 1)}\n`;
    withFile('/dev/full', (file) => {
      for (let count = 0; count < 64; count++) expect(codeOf(() => file.append(mebibyte))).toBe('ENOSPC');
      expect(codeOf(() => file.append('x'))).toBe('PENDING_FULL');
      expect(() => file.append('x')).toThrow('67108864 bytes already wait for room on the disk');
      expect(file.pendingBytes).toBe(64 * 1024 * 1024);
    });
  });
});

describe.skipIf(!canMount)('a disk that is full for a while', () => {
  let disk: string;
  const filler = () => join(disk, 'filler');

  beforeEach(() => {
    disk = smallDisk('size=64k');
  });

  /** Leaves so many whole pages of 4 KiB free. */
  function leaveFree(pages: number): void {
    rmSync(filler(), { force: true });
    const { free } = freePages();
    writeFileSync(filler(), Buffer.alloc(4096 * Math.max(0, free - pages)));
  }

  function freePages(): { free: number } {
    const [, available] = execFileSync('df', ['--output=avail', '-k', disk], { encoding: 'utf8' }).split('\n');
    return { free: Number(available) / 4 };
  }

  /** Appends these lines, full or not; gives back the codes of what failed. */
  function appendAll(file: CollectionFile, seqs: readonly number[]): Set<string | undefined> {
    return new Set(seqs.map((seq) => codeOf(() => file.append(line(seq)))));
  }

  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);

  test('has every byte once, in order, when there is room again', () => {
    const onDisk = join(disk, 'pcc.json');
    withFile(onDisk, (file) => {
      leaveFree(2);
      expect(appendAll(file, range(0, 40))).toEqual(new Set([undefined, 'ENOSPC']));
      const all = range(0, 40).map(line).join('');
      // The write broke off inside a line, at the end of a page.
      expect(statSync(onDisk).size).toBe(2 * 4096);
      expect(file.pendingBytes).toBe(Buffer.byteLength(all) - 2 * 4096);
      expect(readFileSync(onDisk, 'utf8')).toBe(all.slice(0, 2 * 4096));
      rmSync(filler());
      file.flush();
      expect(file.pendingBytes).toBe(0);
      expect(readFileSync(onDisk, 'utf8')).toBe(all);
    });
  });

  test('keeps the bytes that must wait, whatever becomes of the buffer that they came in', () => {
    const onDisk = join(disk, 'pcc.json');
    withFile(onDisk, (file) => {
      leaveFree(1);
      for (const seq of range(0, 20)) {
        const buffer = Buffer.from(line(seq));
        codeOf(() => file.append(buffer));
        buffer.fill('x');
      }
      expect(file.pendingPieces).toBeGreaterThan(1);
      rmSync(filler());
      file.flush();
      expect([file.pendingPieces, file.size]).toEqual([0, statSync(onDisk).size]);
    });
    expect(readFileSync(onDisk, 'utf8')).toBe(range(0, 20).map(line).join(''));
  });

  test('takes what waits before the next line, without being asked', () => {
    const onDisk = join(disk, 'pcc.json');
    withFile(onDisk, (file) => {
      leaveFree(1);
      appendAll(file, range(0, 20));
      expect(file.pendingBytes).toBeGreaterThan(0);
      rmSync(filler());
      file.append(line(20));
      expect(file.pendingBytes).toBe(0);
    });
    expect(readFileSync(onDisk, 'utf8')).toBe(range(0, 21).map(line).join(''));
  });

  test('takes as much of what waits as there is room for, again and again', async () => {
    const onDisk = join(disk, 'pcc.json');
    const all = range(0, 50).map(line).join('');
    withFile(onDisk, (file) => {
      leaveFree(0);
      appendAll(file, range(0, 50));
      expect(file.pendingBytes).toBe(Buffer.byteLength(all));
      for (let pages = 1; file.pendingBytes > 4096; pages++) {
        leaveFree(1);
        expect(codeOf(() => file.flush())).toBe('ENOSPC');
        expect(readFileSync(onDisk, 'utf8')).toBe(all.slice(0, pages * 4096));
      }
      leaveFree(1);
      file.flush();
    });
    expect(readFileSync(onDisk, 'utf8')).toBe(all);
    expect(await read(onDisk)).toEqual({ entries: entriesOf(...range(0, 50)), damage: noDamage() });
  });

  test.each(['.gz', '.zst'])('has every line of a packed file (%s) when there is room again', async (suffix) => {
    const onDisk = join(disk, `pcc.json${suffix}`);
    withFile(onDisk, (file) => {
      leaveFree(1);
      expect(appendAll(file, range(0, 30))).toEqual(new Set([undefined, 'ENOSPC']));
      rmSync(filler());
      file.append(line(30));
    });
    expect(await read(onDisk)).toEqual({ entries: entriesOf(...range(0, 31)), damage: noDamage() });
  });

  test('is left without what waited when the file is closed; the lines before it are whole', async () => {
    const onDisk = join(disk, 'pcc.json');
    const waiting = withFile(onDisk, (file) => {
      leaveFree(1);
      appendAll(file, range(0, 20));
      return file.pendingBytes;
    });
    rmSync(filler());
    const whole = range(0, 20).map(line).join('');
    expect(waiting).toBeGreaterThan(0);
    expect(readFileSync(onDisk, 'utf8')).toMatch(/\n$/); // the line that was begun is taken back
    expect(whole.startsWith(readFileSync(onDisk, 'utf8'))).toBe(true);
    append(onDisk, line(20));
    const { entries, damage } = await read(onDisk);
    expect(entries).toEqual(entriesOf(...range(0, entries.length - 1), 20));
    expect(entries.length).toBeGreaterThan(2);
    expect(damage.badLines).toBe(0);
  });
});
