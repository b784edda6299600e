import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { bin } from '@perfcollector/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { header, readCsv, runPcprocess, START, sample, series, tablesIn, testPlace, textOf } from '../test-run.ts';

const place = testPlace();

const lines = [
  header('r'),
  ...Array.from({ length: 30 }, (_, seq) =>
    sample(
      START + 10 * seq,
      { disk_sda_reads: 7 * seq, cpu_user: seq, cpu_idle: 3 * seq, label: 'a,b' },
      { run: 'r', seq },
    ),
  ),
];
const plain = Buffer.from(textOf(lines));
const tenth = plain.length / 10;

const packings: readonly [string, Uint8Array][] = [
  ['plain', plain],
  ['gzip', gzipSync(plain)],
  ['zstd', zstdCompressSync(plain)],
  ['gzip in two members', Buffer.concat([gzipSync(plain.subarray(0, tenth)), gzipSync(plain.subarray(tenth))])],
  [
    'zstd in two frames',
    Buffer.concat([zstdCompressSync(plain.subarray(0, tenth)), zstdCompressSync(plain.subarray(tenth))]),
  ],
];

async function csvOf(argv: readonly string[], stdin?: Readable | Uint8Array): Promise<string> {
  const outdir = place.dir();
  const { code, stderr } = await runPcprocess([...argv, '--outdir', outdir], stdin === undefined ? {} : { stdin });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(tablesIn(outdir)).toEqual(['m.csv']);
  return readFileSync(join(outdir, 'm.csv'), 'utf8');
}

const expected = await csvOf([place.file('c.json', lines)]);

test.each(packings)('a file (%s) and standard input give the same CSV, byte by byte', async (_, bytes) => {
  expect(expected.split('\n')).toHaveLength(32);
  expect(await csvOf([place.file('c', bytes)])).toBe(expected);
  expect(await csvOf(['-'], bytes)).toBe(expected);
});

test('standard input may come in pieces of any size', async () => {
  const pieces = Array.from({ length: Math.ceil(plain.length / 7) }, (_, at) => plain.subarray(7 * at, 7 * at + 7));
  expect(await csvOf(['-'], Readable.from(pieces))).toBe(expected);
});

test('standard input may stand among files', async () => {
  const [head = '', ...samples] = lines;
  const file = place.file('c.json', [head, ...samples.slice(0, 10)]);
  const rest = Buffer.from(textOf([head, ...samples.slice(10)]));
  expect(await csvOf([file, '-'], rest)).toBe(expected);
  expect(await csvOf(['-', file], rest)).toBe(expected);
});

test('PCR_COLLECTION may name standard input', async () => {
  const outdir = place.dir();
  const env = { PCR_COLLECTION: '-', PCR_OUTDIR: outdir };
  expect((await runPcprocess([], { env, stdin: plain })).code).toBe(0);
  expect(readFileSync(join(outdir, 'm.csv'), 'utf8')).toBe(expected);
});

test('the machine of bare standard input is called stdin, or what --identifier says', async () => {
  const bare = JSON.stringify({ timestamp: START, fields: { a: 1 } });
  const [unnamed, named] = [place.dir(), place.dir()];
  await runPcprocess(['-', '--outdir', unnamed], { stdin: bare.concat('\n') });
  await runPcprocess(['-', '--outdir', named, '--identifier', 'web01'], { stdin: bare.concat('\n') });
  expect([tablesIn(unnamed), tablesIn(named)]).toEqual([['stdin.csv'], ['web01.csv']]);
});

/** The same bytes with some in the middle turned over. */
function damaged(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, at) => (at > 20 && at < 60 ? byte ^ 0xff : byte));
}

/** What cannot be converted at all, and the sentence for it. */
const hopeless: readonly [string, () => string, RegExp][] = [
  ['an empty file', () => place.file('empty.json', ''), /empty\.json: it holds no sample/],
  ['blank lines', () => place.file('blank.json', '\n \n\n'), /it holds no sample/],
  ['headers alone', () => place.file('head.json', [header('a'), header('b')]), /it holds no sample/],
  ['events alone', () => place.file('event.json', ['{"timestamp":1767982248,"event":"x"}']), /it holds no sample/],
  ['noise', () => place.file('noise', Buffer.from([0, 255, 10, 7, 200, 10])), /line 1 was left out: not JSON/],
  [
    'noise without a line feed',
    () => place.file('noise', Buffer.alloc(5000, 0xfe)),
    /the last 5000 bytes are an unfinished/,
  ],
  [
    'JSON of other things',
    () => place.file('x.json', ['{"a":1}', '[1]', '5']),
    /line 2 was left out: an array is no line/,
  ],
  ['a CSV', () => place.file('x.csv', ['a,b', '1,2']), /line 1 was left out: not JSON: "a,b"/],
  [
    'damaged gzip',
    () => place.file('x.gz', Buffer.from('1f8b0800ffffffffffffff', 'hex')),
    /bytes of packed data, from byte 0 on, were left out: Z_/,
  ],
  [
    'damaged zstd',
    () => place.file('x.zst', damaged(zstdCompressSync(plain))),
    /bytes of packed data, from byte 0 on, were left out: ZSTD_/,
  ],
  ['an empty directory', () => place.dir(), /there is no collection in .*/],
  ['a missing file', () => join(place.dir(), 'missing.json'), /cannot read .*missing\.json: no such file or directory/],
];

test.each(hopeless)('%s is exit code 1 and a sentence, and leaves nothing', async (_, make, sentence) => {
  const outdir = place.dir();
  const { code, stdout, stderr } = await runPcprocess([make(), '--outdir', outdir]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^pcprocess: there is nothing to convert in /);
  expect(stderr).toMatch(sentence);
  expect(readdirSync(outdir)).toEqual([]);
});

test.each(hopeless)('%s does not keep the good files beside it from being converted', async (_, make, sentence) => {
  const [good, bad, outdir] = [place.file('c.json', lines), make(), place.dir()];
  const { code, stdout, stderr } = await runPcprocess([bad, good, '--outdir', outdir]);
  expect(code).toBe(1);
  expect(stdout).toBe(`m: 30 rows, 7 columns in ${outdir}/m.csv\n`);
  expect(stderr).toMatch(sentence);
  expect(tablesIn(outdir)).toEqual(['m.csv']);
  expect(readFileSync(join(outdir, 'm.csv'), 'utf8')).toBe(expected);
});

test('standard input without a sample is told by its name, and nothing of it stays', async () => {
  const outdir = place.dir();
  const { code, stderr } = await runPcprocess(['-', '--outdir', outdir], { stdin: '\n' });
  expect(code).toBe(1);
  expect(stderr).toContain('standard input: it holds no sample');
  expect(readdirSync(outdir)).toEqual([]);
});

test('standard input that breaks is told, and nothing of it stays', async () => {
  const outdir = place.dir();
  const breaking = Readable.from(
    (async function* () {
      yield plain;
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
    })(),
  );
  const { code, stderr } = await runPcprocess(['-', '--outdir', outdir], { stdin: breaking });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^pcprocess: there is nothing to convert in -\ncannot put standard input aside in .*: EIO/);
  expect(readdirSync(outdir)).toEqual([]);
});

test('of a torn file all but the last line is converted, and the bytes left out are told', async () => {
  const [file, outdir] = [place.file('torn.json', plain.subarray(0, plain.length - 20)), place.dir()];
  const last = (lines.at(-1) ?? '').length - 19;
  const { code, stdout, stderr } = await runPcprocess([file, '--outdir', outdir]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: `m: 29 rows, 7 columns in ${outdir}/m.csv\n` });
  expect(stderr).toBe(`pcprocess: ${file}: the last ${last} bytes are an unfinished line and were left out\n`);
  expect(expected.startsWith(readFileSync(join(outdir, 'm.csv'), 'utf8'))).toBe(true);
});

test('a last line that only lacks its line feed is whole', async () => {
  expect(await csvOf([place.file('c.json', plain.subarray(0, plain.length - 1))])).toBe(expected);
});

test('a file that is cut off at any byte gives the beginning of the CSV', async () => {
  const firstSample = plain.indexOf('\n', (lines[0] ?? '').length + 1) + 1;
  const law = fc.asyncProperty(fc.integer({ min: firstSample, max: plain.length }), async (length) => {
    const outdir = place.dir();
    const cut = plain.subarray(0, length);
    const { code, stdout } = await runPcprocess([place.file('c.json', cut), '--outdir', outdir]);
    const csv = readFileSync(join(outdir, 'm.csv'), 'utf8');
    expect(expected.startsWith(csv)).toBe(true);
    const rows = csv.split('\n').length - 2;
    const feeds = cut.toString().split('\n').length - 1;
    const isWhole = cut.at(-1) === 0x0a || plain[length] === 0x0a;
    expect(rows).toBe(cut.at(-1) === 0x0a || !isWhole ? feeds - 1 : feeds);
    expect({ code, stdout: stdout.split(',')[0] }).toEqual({
      code: isWhole ? 0 : 1,
      stdout: `m: ${rows} row${rows === 1 ? '' : 's'}`,
    });
  });
  await fc.assert(law, { numRuns: 60 });
});

test.each(packings.slice(1, 3))('a packed file (%s) that is cut off gives what can be unpacked', async (_, bytes) => {
  const outdir = place.dir();
  const { code, stderr } = await runPcprocess([
    place.file('c', bytes.subarray(0, bytes.length - 12)),
    '--outdir',
    outdir,
  ]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/unfinished line|cut off|there is nothing to convert/);
  expect(tablesIn(outdir).filter((name) => name !== 'm.csv')).toEqual([]);
});

test('bad lines in the middle are told by their numbers, and the rest is converted', async () => {
  const bad = [
    ...lines.slice(0, 5),
    'garbage',
    ...lines.slice(5, 10),
    '{"timestamp":-1,"fields":{}}',
    ...lines.slice(10),
  ];
  const [file, outdir] = [place.file('c.json', bad), place.dir()];
  const { code, stderr } = await runPcprocess([file, '--outdir', outdir]);
  expect(code).toBe(1);
  expect(stderr.split('\n')).toEqual([
    `pcprocess: ${file}: line 6 was left out: not JSON: "garbage"`,
    `pcprocess: ${file}: line 12 was left out: "timestamp" is -1; expected Unix seconds`,
    '',
  ]);
  expect(readFileSync(join(outdir, 'm.csv'), 'utf8')).toBe(expected);
});

test('many bad lines are counted, and the first of them told', async () => {
  const [file, outdir] = [
    place.file('c.json', [...Array<string>(500).fill('garbage'), ...series({ a: 1 })]),
    place.dir(),
  ];
  const { stderr } = await runPcprocess([file, '--outdir', outdir]);
  expect(stderr).toContain('line 1 was left out');
  expect(stderr).toMatch(/\d+ more bad lines were left out/);
  expect(stderr.split('\n').length).toBeLessThan(50);
});

test('noise between good lines does no harm to them', async () => {
  const noise = Buffer.from(Array.from({ length: 3000 }, (_, at) => (at * 7919 + (at >> 3)) % 256));
  const noisy = Buffer.concat([plain, noise, Buffer.from('\n'), plain]);
  const outdir = place.dir();
  const { code } = await runPcprocess([place.file('c.json', noisy), '--outdir', outdir]);
  expect(code).toBe(1);
  const times = readCsv(join(outdir, 'm.csv')).column('timestamp');
  expect(new Set(times).size).toBe(30);
});

test('an output directory that is a file is told', async () => {
  const [file, inTheWay] = [place.file('c.json', lines), place.file('out', 'x')];
  for (const outdir of [inTheWay, join(inTheWay, 'deeper')]) {
    const { code, stdout, stderr } = await runPcprocess([file, '--outdir', outdir]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^pcprocess: cannot make the output directory .*: .+/);
    expect(stderr).not.toContain('unexpected');
  }
  expect(readFileSync(inTheWay, 'utf8')).toBe('x');
});

test('a file that is called like an option can be named', async () => {
  const [path, outdir] = [place.file('--help', lines), place.dir()];
  const cwd = dirname(path);
  const { status, stderr } = spawnSync(bin('pcprocess'), ['--outdir', outdir, '--', '--help'], {
    cwd,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(readFileSync(join(outdir, 'm.csv'), 'utf8')).toBe(expected);
});

test('a pipe, which can be read only once, gives the same CSV as the file', async () => {
  const file = place.file('c.json', lines);
  const fifo = join(place.dir(), 'fifo');
  execFileSync('mkfifo', [fifo]);
  const [fromFile, fromPipe] = [place.dir(), place.dir()];
  await runPcprocess([file, '--outdir', fromFile]);
  const written = once(spawn('cp', [file, fifo]), 'close');
  const { code } = await runPcprocess([fifo, '--outdir', fromPipe]);
  await written;
  expect(code).toBe(0);
  const [name = ''] = tablesIn(fromFile);
  expect(tablesIn(fromPipe)).toEqual([name]);
  expect(readFileSync(join(fromPipe, name))).toEqual(readFileSync(join(fromFile, name)));
});
