import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { noDamage, openFile, readCollection } from '@perfcollector/collection';
import { canMount, hasUpstream, smallDisk, upstream } from '@perfcollector/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { header, runPcprocess, START, sample, series, testPlace, textOf } from '../test-run.ts';

const place = testPlace();
const RUN = '11111111-1111-4111-8111-111111111111';

const lines = [
  header(RUN, { whatever: { newer: -0 } }),
  ...[1, 2, 3].map((seq) => sample(START + seq, { cpu_user: seq, big: '18446744073709551615' }, { run: RUN, seq })),
  JSON.stringify({ timestamp: START + 4, run: RUN, event: 'deploy — 42' }),
];

async function repair(content: string | Uint8Array, output = 'out.json', ...more: string[]) {
  const input = place.file('in.json', content);
  const path = join(dirname(input), output);
  const ran = await runPcprocess(['repair', input, '-o', path, ...more]);
  return { ...ran, input, path };
}

/** A frame with a checksum, as pcc writes them. */
const frame = (text: string) => zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });

async function damageOf(path: string) {
  const damage = noDamage();
  for await (const _ of readCollection(openFile(path), damage));
  return damage;
}

describe('what is whole comes out byte for byte', () => {
  test('and of a good collection everything does', async () => {
    const { code, stdout, stderr, path, input } = await repair(textOf(lines));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`${input}: 1 header, 3 samples, 1 event in ${path}; nothing was left out\n`);
    expect(readFileSync(path, 'utf8')).toBe(textOf(lines));
  });

  test('with noise, half lines and blank lines in between', async () => {
    const [first = '', second = '', ...rest] = lines;
    const broken = [first, '', '{"timestamp":17', 'noise', second, '\u0000\u0001', ...rest, '{"timestamp":1}'];
    const { code, stdout, path } = await repair(textOf(broken));
    expect(code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(textOf(lines));
    expect(stdout).toContain('lines 3 to 4 were left out, 20 B: not JSON: "{\\"timestamp\\":17"\n');
    expect(stdout).toContain('line 6 was left out');
    expect(stdout).toContain('line 10 was left out, 15 B: none of "collection"');
  });

  test('whatever stands between the lines, and wherever the file ends', async () => {
    const noise = fc.array(fc.constantFrom('noise', '{"timestamp":1', '\u0000', '[]', '{}', ' '), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(noise, { minLength: 5, maxLength: 5 }), fc.nat({ max: 20 }), async (noises, cut) => {
        const broken = Buffer.from(textOf(lines.flatMap((line, at) => [...(noises[at] ?? []), line])));
        const { path } = await repair(broken.subarray(0, broken.length - cut));
        const whole = cut <= 1 ? lines : lines.slice(0, -1);
        expect(readFileSync(path, 'utf8')).toBe(textOf(whole));
      }),
      { numRuns: 40 },
    );
  });

  test('a last line without a line feed gets one', async () => {
    const { path, stdout } = await repair(textOf(lines).trimEnd());
    expect(readFileSync(path, 'utf8')).toBe(textOf(lines));
    expect(stdout).toContain('nothing was left out');
  });

  test.skipIf(!hasUpstream)('raw lines of perfcollector2 too, also of kernel files that no source reads', async () => {
    const raw = readFileSync(upstream('azure-suse/pcc_collection.json'), 'utf8');
    const unknown = `${JSON.stringify({ timestamp: START, subsystem: '/proc/new', measurement: 'x' })}\n`;
    const { code, path } = await repair(`${raw}${unknown}${raw.slice(0, 5000)}`);
    expect(code).toBe(0);
    const kept = readFileSync(path, 'utf8');
    expect(kept.startsWith(raw + unknown)).toBe(true);
    expect(raw.startsWith(kept.slice(raw.length + unknown.length))).toBe(true);
  });
});

describe('a whole line behind damage is rescued', () => {
  test.each([
    ['zeros that a power cut left', '\u0000'.repeat(4096)],
    ['a line that broke off', '{"timestamp":1767982250.003,"run":"'],
  ])('%s', async (_, before) => {
    const [first = '', second = '', ...rest] = lines;
    const { path, stdout } = await repair(textOf([first, before + second, ...rest]));
    expect(readFileSync(path, 'utf8')).toBe(textOf(lines));
    expect(stdout).toContain('1 line rescued from behind damage');
    expect(stdout).toContain('line 2 was left out');
  });
});

describe('packed data', () => {
  test('a zstd frame that is damaged in the middle costs its own lines, and is told by its bytes', async () => {
    const [first = '', second = '', ...rest] = lines.map((line) => `${line}\n`);
    const frames = [first, second, ...rest].map(frame);
    const bad = Buffer.from(frames[1] ?? []);
    bad.fill(0xff, 10, 20);
    const content = Buffer.concat([frames[0] ?? bad, bad, ...frames.slice(2)]);
    const { code, stdout, path } = await repair(content, 'out.json.zst', '--json');
    expect(code).toBe(0);
    expect(zstdDecompressSync(readFileSync(path)).toString()).toBe(first + rest.join(''));
    const report = JSON.parse(stdout);
    expect(report.left_out).toMatchObject({ lines: 0, packed_bytes: bad.length });
    expect(report.sentences).toEqual([expect.stringContaining(`from byte ${frames[0]?.length} on`)]);
  });

  test('a gzip file that is cut off is read as far as it goes', async () => {
    const many = textOf(series(...Array.from({ length: 5000 }, () => ({ noise: randomBytes(20).toString('hex') }))));
    const packed = gzipSync(many);
    const { code, path, stdout } = await repair(packed.subarray(0, packed.length / 2), 'out.json.gz');
    expect(code).toBe(0);
    expect(stdout).toContain('the packed data is cut off');
    const kept = gunzipSync(readFileSync(path)).toString();
    expect(kept.length).toBeGreaterThan(many.length / 3);
    expect(many.startsWith(kept)).toBe(true);
    expect(kept.endsWith('\n')).toBe(true);
  });

  test('what was repaired has no damage', async () => {
    const damaged = Buffer.concat([
      zstdCompressSync(textOf(lines)),
      randomBytes(5000),
      zstdCompressSync(textOf(lines)),
    ]);
    const { path } = await repair(damaged, 'out.json.zst');
    expect(await damageOf(path)).toEqual(noDamage());
  });
});

describe('a repair that cannot be made', () => {
  test.each([
    ['of nothing', ''],
    ['of noise', randomBytes(100_000)],
  ])('%s is exit code 1 and writes nothing', async (_, content) => {
    const { code, stdout, stderr, path } = await repair(content);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('there is no line of a collection in');
    expect(readdirSync(dirname(path))).toEqual(['in.json']);
  });

  test('into its own input is refused, by whatever name', async () => {
    const input = place.file('in.json', textOf(lines));
    const { code, stderr } = await runPcprocess(['repair', input, '-o', join(dirname(input), '.', 'in.json')]);
    expect(code).toBe(1);
    expect(stderr).toContain('is to be written and is one of the collections to be read');
    expect(readFileSync(input, 'utf8')).toBe(textOf(lines));
  });

  test('of a file that is not there says so', async () => {
    const { code, stderr } = await runPcprocess([
      'repair',
      join(place.dir(), 'none.json'),
      '-o',
      join(place.dir(), 'x'),
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain('no such file or directory');
  });

  test('onto a full device says so', async () => {
    const { code, stderr } = await runPcprocess(['repair', place.file('in.json', textOf(lines)), '-o', '/dev/full']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'pcprocess: cannot write /dev/full: the disk is full\n  Make room, or choose a path on another disk.\n',
    });
  });

  test.skipIf(!canMount)('on a full disk leaves what was there before', async () => {
    const disk = smallDisk('size=64k');
    writeFileSync(join(disk, 'out.json'), 'before');
    const many = textOf(Array.from({ length: 2000 }, (_, at) => sample(START + at, { a: at })));
    const { code, stderr } = await runPcprocess(['repair', place.file('in.json', many), '-o', join(disk, 'out.json')]);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('the disk is full') });
    expect(readdirSync(disk)).toEqual(['out.json']);
    expect(readFileSync(join(disk, 'out.json'), 'utf8')).toBe('before');
  });

  test('that is interrupted leaves nothing', async () => {
    const input = place.file('in.json', textOf(lines));
    const ran = await runPcprocess(['repair', input, '-o', join(dirname(input), 'out.json')], {
      signal: AbortSignal.abort('SIGINT'),
    });
    expect(ran).toEqual({ code: 1, stdout: '', stderr: 'pcprocess: interrupted: nothing was written\n' });
    expect(readdirSync(dirname(input))).toEqual(['in.json']);
  });
});

test('from standard input to standard output, which holds the collection alone', async () => {
  const { code, stdout, stderr } = await runPcprocess(['repair', '-'], { stdin: `noise\n${textOf(lines)}` });
  expect(code).toBe(0);
  expect(stdout).toBe(textOf(lines));
  expect(stderr).toBe(
    'standard input: 1 header, 3 samples, 1 event; 5 B were left out\n  line 1 was left out, 5 B: not JSON: "noise"\n',
  );
});

test('standard output cannot hold the report too', async () => {
  const { code, stderr } = await runPcprocess(['repair', '-', '--json']);
  expect(code).toBe(2);
  expect(stderr).toContain('Name a file with --output');
});
