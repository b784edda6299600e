import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decompress, openFile } from './decompress.ts';
import { encodeLine } from './lines.ts';
import { type Damage, damageSentences, type Entry, noDamage, readCollection } from './read-collection.ts';

async function* streamOf(bytes: Uint8Array, chunk = 4096): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
}

async function read(bytes: Uint8Array, chunk?: number): Promise<{ entries: Entry[]; damage: Damage }> {
  const damage = noDamage();
  return { entries: await Array.fromAsync(readCollection(streamOf(bytes, chunk), damage)), damage };
}

const entry = (seq: number): Entry => ({
  kind: 'sample',
  value: {
    timestamp: 1704067200 + seq,
    run: 'r1',
    seq,
    fields: { cpu_user: seq * seq, mem_free: (seq * 7919) % 10007 },
  },
});
const entries = Array.from({ length: 400 }, (_, seq) => entry(seq));
const textOf = (some: readonly Entry[]): string => some.map(({ value }) => encodeLine(value)).join('');

/** zstd's own program puts a checksum behind every frame; Node does only where it is asked. */
const zstdWithChecksum = (text: string): Buffer =>
  zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });

const packers = [
  { name: 'gzip', pack: (text: string): Buffer => gzipSync(text) },
  { name: 'zstd', pack: (text: string): Buffer => zstdCompressSync(text) },
  { name: 'zstd with checksums', pack: zstdWithChecksum },
];

describe.each(packers)('a collection packed with $name', ({ pack }) => {
  test('is told by its bytes and read whole', async () => {
    expect(await read(pack(textOf(entries)))).toEqual({ entries, damage: noDamage() });
  });

  test('is read whole though its bytes come one at a time', async () => {
    const some = entries.slice(0, 20);
    expect(await read(pack(textOf(some)), 1)).toEqual({ entries: some, damage: noDamage() });
  });

  test('may be many pieces that follow one another, cut anywhere', async () => {
    const text = Buffer.from(textOf(entries.slice(0, 50)));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(text.length), { maxLength: 20 }), fc.nat(500), async (cuts, chunk) => {
        const packed = Buffer.concat(pieces(text, cuts).map((piece) => pack(piece)));
        expect(await read(packed, chunk + 1)).toEqual({ entries: entries.slice(0, 50), damage: noDamage() });
      }),
    );
  });

  test('may hold nothing', async () => {
    expect(await read(pack(''))).toEqual({ entries: [], damage: noDamage() });
  });

  test('cut off anywhere gives lines of it in their order and never fails', async () => {
    const packed = pack(textOf(entries));
    await fc.assert(
      fc.asyncProperty(fc.nat(packed.length), async (cut) => {
        const { entries: found, damage } = await read(packed.subarray(0, cut));
        expect(found).toEqual(entries.slice(0, found.length));
        expect(damage.badLines).toBe(0);
      }),
    );
  });

  test('cut off between two pieces gives all that stands before the cut', async () => {
    const packed = entries.slice(0, 5).map((one) => pack(textOf([one])));
    for (let count = 0; count <= packed.length; count++) {
      const { entries: found } = await read(Buffer.concat(packed.slice(0, count)));
      expect(found).toEqual(entries.slice(0, count));
    }
  });

  test('of many pieces, the last of them cut off, gives all the others', async () => {
    const whole = Buffer.concat(entries.slice(0, 100).map((one) => pack(textOf([one]))));
    const last = pack(textOf([entry(100)]));
    for (let cut = 0; cut < last.length; cut++) {
      const { entries: found } = await read(Buffer.concat([whole, last.subarray(0, cut)]));
      expect(found.slice(0, 100)).toEqual(entries.slice(0, 100));
    }
  });
});

function pieces(text: Buffer, cuts: readonly number[]): string[] {
  const points = [0, ...cuts.toSorted((a, b) => a - b), text.length];
  return points.slice(1).map((end, at) => text.subarray(points[at], end).toString());
}

describe('packed data with a flipped bit', () => {
  const some = entries.slice(0, 40);

  test.each([
    { name: 'gzip', packed: gzipSync(textOf(some)), begin: 10 },
    { name: 'zstd with checksums', packed: zstdWithChecksum(textOf(some)), begin: 12 },
  ])('behind its header is reported or does no harm: $name', async ({ packed, begin }) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 8 * begin, max: 8 * packed.length - 1 }), async (bit) => {
        const { entries: found, damage } = await read(withFlippedBit(packed, bit));
        if (isUnharmed(damage)) expect(found).toEqual(some);
        else expect(damageSentences(damage).join()).toMatch(/left out|cut off/);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    { name: 'gzip', packed: gzipSync(textOf(entries)), fromEnd: 6, code: /^Z_DATA_ERROR: / },
    { name: 'zstd', packed: zstdWithChecksum(textOf(entries)), fromEnd: 2, code: /^ZSTD_error_checksum_wrong: / },
  ])(
    'in its checksum costs the piece, and is reported with the code of the decoder: $name',
    async ({ packed, fromEnd, code }) => {
      const { entries: found, damage } = await read(withFlippedBit(packed, 8 * (packed.length - fromEnd)));
      expect(found).toEqual([]);
      expect(damage.holes).toEqual([{ at: 0, bytes: packed.length, problem: expect.stringMatching(code) }]);
    },
  );

  test('far behind the beginning of a long piece does not cost its beginning', async () => {
    const long = Array.from({ length: 20_000 }, (_, seq) => entry(seq));
    const packed = gzipSync(textOf(long));
    const { entries: found, damage } = await read(withFlippedBit(packed, 8 * (packed.length - 6)));
    expect(found.length).toBeGreaterThan(10_000);
    expect(found).toEqual(long.slice(0, found.length));
    expect(damage.holes).toMatchObject([{ problem: expect.stringMatching(/^Z_DATA_ERROR: /) }]);
  });
});

function withFlippedBit(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
}

const isUnharmed = (damage: Damage): boolean =>
  damage.badLines === 0 && damage.tornBytes === 0 && damage.broken === undefined && damage.holeCount === 0;

describe('a file', () => {
  const names = ['pcc.json', 'pcc.json.gz', 'pcc.json.zst', 'pcc'];
  const contents = [
    { kind: 'plain text', bytes: Buffer.from(textOf(entries)) },
    { kind: 'gzip', bytes: gzipSync(textOf(entries)) },
    { kind: 'zstd', bytes: zstdCompressSync(textOf(entries)) },
  ];

  test.each(contents)('of $kind is told by its content, whatever its name says', async ({ bytes }) => {
    await inDirectory(async (directory) => {
      for (const name of names) {
        writeFileSync(join(directory, name), bytes);
        const damage = noDamage();
        const found = await Array.fromAsync(readCollection(openFile(join(directory, name)), damage));
        expect({ found, damage }).toEqual({ found: entries, damage: noDamage() });
      }
    });
  });

  test('that the gzip program packed, and one put behind it, are read as one', async () => {
    await inDirectory(async (directory) => {
      const path = join(directory, 'pcc.json');
      writeFileSync(path, textOf(entries));
      const packed = execFileSync('gzip', ['-c', path]);
      const { entries: found, damage } = await read(Buffer.concat([packed, packed]));
      expect({ found, damage }).toEqual({ found: [...entries, ...entries], damage: noDamage() });
    });
  });
});

async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'decompress-'));
  try {
    await work(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe('decompress', () => {
  test('passes bytes that are not packed as they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 50 }), fc.integer({ min: 1, max: 50 }), async (bytes, size) => {
        fc.pre(bytes[0] !== 0x1f && bytes[0] !== 0x28);
        const out = await Array.fromAsync(decompress(streamOf(bytes, size), () => {}));
        expect(Buffer.concat(out)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test('does not take the first bytes of a magic number for the whole of it', async () => {
    for (const bytes of [[0x1f], [0x1f, 0x8c], [0x28, 0xb5, 0x2f], [0x28, 0xb5, 0x2f, 0xfe, 1]]) {
      const out = await Array.fromAsync(decompress(streamOf(Uint8Array.from(bytes), 1), () => {}));
      expect([...Buffer.concat(out)]).toEqual(bytes);
    }
  });

  test.each([
    { name: 'plain', bytes: Buffer.from(textOf(entries)) },
    { name: 'gzip', bytes: gzipSync(textOf(entries)) },
    { name: 'zstd', bytes: zstdCompressSync(textOf(entries)) },
  ])('lets its input go when the reader stops early: $name', async ({ bytes }) => {
    const { promise: released, resolve } = Promise.withResolvers<string>();
    const input = (async function* () {
      try {
        for (;;) yield* streamOf(bytes, 100);
      } finally {
        resolve('released');
      }
    })();
    for await (const { kind } of readCollection(input, noDamage())) if (kind === 'sample') break;
    expect(await released).toBe('released');
  });

  test('passes on the error of its input, also from behind a decoder', async () => {
    const failing = async function* () {
      yield gzipSync(textOf(entries)).subarray(0, 500);
      throw Object.assign(new Error('i/o error, read'), { code: 'EIO' });
    };
    await expect(Array.fromAsync(decompress(failing(), () => {}))).rejects.toMatchObject({ code: 'EIO' });
  });
});
