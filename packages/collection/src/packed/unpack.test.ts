import { createHash } from 'node:crypto';
import { constants, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeLine } from '../lines.ts';
import { type Damage, damageSentences, type Entry, noDamage, readCollection } from '../read-collection.ts';

async function* streamOf(bytes: Uint8Array, chunk: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
}

async function read(bytes: Uint8Array, chunk = 4096): Promise<{ entries: Entry[]; damage: Damage }> {
  const damage = noDamage();
  return { entries: await Array.fromAsync(readCollection(streamOf(bytes, chunk), damage)), damage };
}

const noise = (seed: number): string => createHash('sha512').update(`noise ${seed}`).digest('base64').repeat(2);
const entry = (seq: number, filler = noise(seq)): Entry => ({
  kind: 'sample',
  value: { timestamp: 1704067200 + seq, run: 'r1', seq, fields: { cpu_user: seq * seq, label: filler } },
});
const range = (from: number, to: number): Entry[] => Array.from({ length: to - from }, (_, at) => entry(from + at));
const textOf = (entries: readonly Entry[]): string => entries.map(({ value }) => encodeLine(value)).join('');

const zstd = (text: string | Buffer): Buffer =>
  zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
const zstdUnchecked = (text: string | Buffer): Buffer => zstdCompressSync(text);
const gzip = (text: string | Buffer): Buffer => gzipSync(text);
const pieces = (entries: readonly Entry[], pack: (text: string) => Buffer): Buffer[] =>
  entries.map((one) => pack(textOf([one])));

const packers = [
  { name: 'gzip', pack: gzip },
  { name: 'zstd', pack: zstd },
];

describe.each(packers)('a packed collection ($name) that was torn and then appended to', ({ pack }) => {
  const before = pieces(range(0, 3), pack);
  const torn = pack(textOf([entry(3)]));

  test('has every line of every whole piece, wherever it was torn, and tells of the tear', async () => {
    const [start, behind] = [Buffer.concat(before), Buffer.concat(pieces(range(4, 7), pack))];
    for (let cut = 1; cut < torn.length; cut++) {
      const { entries, damage } = await read(Buffer.concat([start, torn.subarray(0, cut), behind]));
      expect(entries).toEqual([...range(0, 3), ...range(4, 7)]);
      expect(damage).toMatchObject({
        badLines: 0,
        tornBytes: 0,
        holeCount: 1,
        holes: [{ at: start.length, bytes: cut }],
      });
    }
  });

  test('has them where the tear is in the very first piece', async () => {
    const behind = Buffer.concat(pieces(range(4, 7), pack));
    for (let cut = 1; cut < torn.length; cut++) {
      const { entries, damage } = await read(Buffer.concat([torn.subarray(0, cut), behind]));
      expect(entries).toEqual(range(4, 7));
      expect(damage.holes).toMatchObject([{ at: 0, bytes: cut }]);
    }
  });

  test('has them whatever the pieces hold, however often it was torn, and however its bytes come', async () => {
    const run = fc.record({
      lines: fc.integer({ min: 1, max: 40 }),
      cut: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(run, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 3000 }),
        async (runs, chunk) => {
          const written: Buffer[] = [];
          const expected: Entry[] = [];
          for (const { lines, cut } of runs) {
            const whole = range(expected.length, expected.length + lines);
            const last = pack(textOf([entry(99_999)]));
            written.push(...pieces(whole, pack), last.subarray(0, Math.ceil(cut * (last.length - 1))));
            expected.push(...whole);
          }
          const end = entry(expected.length);
          const { entries, damage } = await read(Buffer.concat([...written, pack(textOf([end]))]), chunk);
          expect(entries).toEqual([...expected, end]);
          expect(damage).toMatchObject({ badLines: 0, tornBytes: 0, holeCount: runs.length });
        },
      ),
    );
  });

  test('tells of a cut in its last piece, be it in the first bytes', async () => {
    const start = Buffer.concat(before);
    for (let cut = 1; cut < torn.length; cut++) {
      const { entries, damage } = await read(Buffer.concat([start, torn.subarray(0, cut)]));
      expect(entries.slice(0, 3)).toEqual(range(0, 3));
      expect(damage.holes).toEqual([{ at: start.length, bytes: cut, problem: undefined }]);
      const told = `the packed data is cut off: its last ${cut} bytes, from byte ${start.length} on, are an unfinished piece`;
      expect(damageSentences(damage)).toContain(told);
    }
  });

  test('has the lines behind a long stretch of anything', async () => {
    const junk = Buffer.alloc(3_000_000, 'no packed data ');
    const parts = [...before, junk, ...pieces(range(4, 7), pack)];
    const { entries, damage } = await read(Buffer.concat(parts), 70_000);
    expect(entries).toEqual([...range(0, 3), ...range(4, 7)]);
    expect(damage.holes).toMatchObject([{ bytes: junk.length }]);
  });
});

describe.each(packers)('a packed collection ($name) with damaged bytes', ({ pack }) => {
  const known = range(0, 30);
  const packed = pieces(known, pack);
  const end = pack(textOf([entry(30)]));

  test('never fails, never invents a line, and gives every line of the pieces that are whole', async () => {
    const starts = packed.map((_, at) => Buffer.concat(packed.slice(0, at)).length);
    const all = Buffer.concat(packed);
    const change = fc.tuple(fc.nat(all.length - 1), fc.integer({ min: 1, max: 255 }));
    const lines = new Set(textOf(range(0, 31)).split('\n'));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 20 }), async (changes) => {
        const bytes = Buffer.from(all);
        for (const [at, flip] of changes) bytes[at] = (bytes[at] ?? 0) ^ flip;
        const isHarmed = (at: number) =>
          changes.some(([place]) => starts.findLastIndex((start) => start <= place) === at);
        const { entries } = await read(Buffer.concat([bytes, end]));
        if (changes.some(([at]) => at < 4)) return; // it does not look packed any more
        for (const { value } of entries) expect(lines).toContain(encodeLine(value).trimEnd());
        const whole = known.filter((_, at) => !isHarmed(at));
        expect(entries).toEqual(expect.arrayContaining([...whole, entry(30)]));
      }),
      { numRuns: 200 },
    );
  });

  test('does not take beginnings of pieces inside of what is damaged for pieces', async () => {
    const magic = pack('').subarray(0, 4);
    const lure = Buffer.concat([
      magic,
      Buffer.from(textOf([entry(666)])),
      magic,
      pack(textOf([entry(667)])).subarray(0, -2),
      magic,
    ]);
    const parts = [...packed.slice(0, 2), lure, ...packed.slice(2, 4)];
    const { entries, damage } = await read(Buffer.concat(parts));
    expect(entries).toEqual(known.slice(0, 4));
    expect(damage.holes).toMatchObject([{ bytes: lure.length }]);
  });

  test('has its lines where packed data holds what looks like the beginning of a piece', async () => {
    const magic = pack('').subarray(0, 4).toString('latin1');
    const lure = Array.from({ length: 50 }, (_, seq) => entry(seq, `${magic.repeat(3)}${noise(seq)}`));
    // Stored as it is: the magic stands in the packed bytes.
    const stored = lure.map((one) => (pack === gzip ? gzipSync(textOf([one]), { level: 0 }) : pack(textOf([one]))));
    expect(await read(Buffer.concat(stored))).toEqual({ entries: lure, damage: noDamage() });
  });

  test('tells ten damaged stretches one by one and counts the rest', async () => {
    const parts = known.flatMap((_, at) => [packed[at] ?? Buffer.alloc(0), Buffer.from('junk')]);
    const { entries, damage } = await read(Buffer.concat(parts));
    expect(entries).toEqual(known);
    expect(damage).toMatchObject({ holeCount: 30, badLines: 0 });
    expect(damageSentences(damage)).toHaveLength(11);
    expect(damageSentences(damage).at(-1)).toBe('20 more stretches of packed data were left out');
  });

  test('that are many pieces in a row has the lines behind them', async () => {
    const bad = packed.map((piece) => piece.subarray(0, -1));
    const many = Array.from({ length: 200 }, () => bad).flat();
    const { entries, damage } = await read(Buffer.concat([...packed, ...many, end]), 100_000);
    expect(entries).toEqual([...known, entry(30)]);
    expect(damage.holeCount).toBe(1);
  });
});

describe('a long piece', () => {
  const long = range(0, 6000);
  const behind = range(6000, 6003);

  test.each(packers)('is read whole, as are those behind it ($name)', async ({ pack }) => {
    const bytes = Buffer.concat([pack(textOf(long)), ...pieces(behind, pack)]);
    const { entries, damage } = await read(bytes, 60_000);
    expect(entries).toEqual([...long, ...behind]);
    expect(damage).toEqual(noDamage());
  });

  test.each(packers)('that is torn costs neither its beginning nor those behind it ($name)', async ({ pack }) => {
    const torn = pack(textOf(long)).subarray(0, -1000);
    const { entries, damage } = await read(Buffer.concat([torn, ...pieces(behind, pack)]), 60_000);
    expect(entries.slice(-3)).toEqual(behind);
    expect(entries.length).toBeGreaterThan(4000);
    expect(entries.slice(0, -3)).toEqual(long.slice(0, entries.length - 3));
    expect(damage.holeCount).toBe(1);
  });

  test.each(packers)('that is cut off gives its lines before the cut ($name)', async ({ pack }) => {
    const torn = pack(textOf(long)).subarray(0, -1000);
    const { entries, damage } = await read(torn, 60_000);
    expect(entries.length).toBeGreaterThan(4000);
    expect(entries).toEqual(long.slice(0, entries.length));
    expect(damage.holes).toEqual([{ at: 0, bytes: torn.length, problem: undefined }]);
  });
});

describe('pieces of other programs', () => {
  test('without checksums are read (zstd)', async () => {
    const packed = Buffer.concat(pieces(range(0, 5), zstdUnchecked));
    expect(await read(packed)).toEqual({ entries: range(0, 5), damage: noDamage() });
  });

  test('without checksums are not trusted behind damage, for nothing tells that they are right (zstd)', async () => {
    const packed = pieces(range(0, 4), zstdUnchecked);
    const parts = [...packed.slice(0, 2), Buffer.from('junk'), ...packed.slice(2), ...pieces([entry(9)], zstd)];
    const { entries, damage } = await read(Buffer.concat(parts));
    expect(entries).toEqual([...range(0, 2), entry(9)]);
    expect(damage.holeCount).toBe(1);
  });

  test('may have frames of metadata between them (zstd)', async () => {
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = pieces(range(0, 2), zstd);
    const metadata = Buffer.from('512a4d1805000000hello'.slice(0, 16), 'hex');
    const packed = Buffer.concat([first, metadata, Buffer.from('hello'), second]);
    expect(await read(packed)).toEqual({ entries: range(0, 2), damage: noDamage() });
    expect((await read(Buffer.concat([packed, Buffer.from('junk'), packed]))).entries).toHaveLength(4);
  });

  test('may have names, comments and more in their headers (gzip)', async () => {
    const [one] = range(0, 1);
    const plain = gzip(textOf(range(0, 1)));
    const header = Buffer.from([0x1f, 0x8b, 8, 0x1f, 0, 0, 0, 0, 0, 3]);
    const rest = [Buffer.from([3, 0]), Buffer.from('abc'), Buffer.from('name\0comment\0'), Buffer.from([0, 0])];
    const fancy = Buffer.concat([header, ...rest, deflateRawSync(textOf(range(0, 1))), plain.subarray(-8)]);
    for (const junk of ['', 'junk']) {
      const { entries } = await read(Buffer.concat([fancy, Buffer.from(junk), fancy, plain]), 7);
      expect(entries).toEqual([one, one, one]);
    }
  });

  test('may swell: little that unpacks to much is read in little memory', async () => {
    const blanks = Buffer.alloc(100_000_000, ' ');
    for (const pack of [gzip, zstd]) {
      const bomb = pack(blanks);
      const before = process.memoryUsage().rss;
      const { damage } = await read(Buffer.concat([pack(textOf([entry(1)])), bomb, pack(textOf([entry(2)]))]));
      expect(damage.holeCount).toBe(0);
      expect(process.memoryUsage().rss - before).toBeLessThan(80_000_000);
    }
  });
});

test('reading that fails gives what came before and is told as that, not as a cut', async () => {
  const packed = Buffer.concat(pieces(range(0, 5), zstd));
  const failing = async function* () {
    yield packed.subarray(0, -5);
    throw Object.assign(new Error('i/o error, read'), { code: 'EIO' });
  };
  const damage = noDamage();
  expect(await Array.fromAsync(readCollection(failing(), damage))).toEqual(range(0, 4));
  expect(damage).toEqual({ ...noDamage(), broken: 'EIO: i/o error, read' });
});
