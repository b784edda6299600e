import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { bin, canMount, readOnly } from '@perfcollector/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { header, readCsv, runPcprocess, START, sample, series, tablesIn, testPlace, textOf } from '../test-run.ts';

const place = testPlace();

/** Samples whose numbers do not pack well, so that a packed file may be cut in the middle of them. */
const lines = [
  header('r'),
  ...Array.from({ length: 60 }, (_, seq) =>
    sample(START + 10 * seq, { disk_sda_reads: seq * 7919, mem_free: (seq * 104_729) % 65_537 }, { run: 'r', seq }),
  ),
];

async function csvOf(file: string) {
  const outdir = place.dir();
  const { code, stdout, stderr } = await runPcprocess([file, '--outdir', outdir]);
  const [name] = tablesIn(outdir);
  return { code, stdout, stderr, outdir, csv: name === undefined ? '' : readFileSync(join(outdir, name), 'utf8') };
}

const whole = await csvOf(place.file('c.json', lines));

/** In pieces, as an agent that packs each tick writes it. */
const packings: readonly [string, (text: string) => Buffer][] = [
  ['gz', gzipSync],
  ['zst', zstdCompressSync],
];

test.each(packings)(
  'a .%s that is cut at any byte gives the beginning of the table, and is told',
  async (ending, pack) => {
    const pieces = [lines.slice(0, 20), lines.slice(20, 40), lines.slice(40)].map((own) => pack(textOf(own)));
    const bytes = Buffer.concat(pieces);
    const law = fc.asyncProperty(fc.integer({ min: 1, max: bytes.length - 1 }), async (length) => {
      const { code, stderr, csv } = await csvOf(place.file(`c.json.${ending}`, bytes.subarray(0, length)));
      expect(whole.csv.startsWith(csv)).toBe(true);
      const isBetween = [pieces[0], Buffer.concat(pieces.slice(0, 2))].some((one) => one?.length === length);
      expect(code).toBe(isBetween ? 0 : 1);
      if (!isBetween) expect(stderr).toMatch(/cut off|left out|holds no sample|broke off/);
      const rows = csv.split('\n').length - 2;
      const kept = (pieces[0]?.length ?? 0) <= length ? 19 : 0;
      if (kept > 0) expect(rows).toBeGreaterThanOrEqual(kept);
    });
    await fc.assert(law, { numRuns: 25 });
  },
);

test('any byte turned over costs its line, and at most one beside it', async () => {
  const plain = Buffer.from(textOf(lines));
  const rowsOf = (csv: string) => csv.split('\n').map((line) => line.split(',').slice(0, 3).join());
  const law = fc.asyncProperty(fc.nat(plain.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
    const bytes = Buffer.from(plain);
    bytes[at] = (bytes[at] as number) ^ change;
    const { outdir } = await csvOf(place.file('c.json', bytes));
    const kept = new Set(rowsOf(readFileSync(join(outdir, 'm.csv'), 'utf8')));
    expect(rowsOf(whole.csv).filter((row) => !kept.has(row)).length).toBeLessThanOrEqual(2);
  });
  await fc.assert(law, { numRuns: 25 });
});

test('one sample is a table of one row, without rates', async () => {
  const { code, stdout, stderr, outdir, csv } = await csvOf(
    place.file('c.json', series({ disk_sda_reads: 5, mem_free: 7 })),
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('m: 1 row, 5 columns');
  expect(csv).toBe(`timestamp,machine_id,mem_free,disk_sda_reads,disk_sda_reads_per_second\n${START},m,7,5,NA\n`);
  expect(readCsv(join(outdir, 'quality.csv')).column('reason')).toEqual(['first']);
});

test('a sample without fields is a row', async () => {
  const { code, csv } = await csvOf(place.file('c.json', series({}, { mem_free: 1 })));
  expect({ code, csv }).toEqual({ code: 0, csv: `timestamp,machine_id,mem_free\n${START},m,NA\n${START + 10},m,1\n` });
});

test('samples of this suite, of perfcollector2 and of formats to come stand in one file', async () => {
  const stat = 'cpu  1 2 3 4 5 6 7 8 9 10\nctxt 5\n';
  const mixed = [
    header('r'),
    sample(START, { mem_free: 1 }, { run: 'r', seq: 0 }),
    JSON.stringify({ collection: 2, run: 's', more: {} }),
    JSON.stringify({ timestamp: START + 10, subsystem: '/proc/stat', measurement: stat }),
    JSON.stringify({
      timestamp: START + 20,
      run: 'r',
      seq: 2,
      fields: { mem_free: 3 },
      colour: 'red',
      tags: { machine_id: 'm', rack: '7' },
    }),
    JSON.stringify({ timestamp: START + 30, kind: 'trace', spans: [] }),
    JSON.stringify({ timestamp: START + 40, fields: { mem_free: 4, nested: { a: 1 } } }),
  ];
  const { code, stderr, outdir } = await csvOf(place.file('c.json', mixed));
  expect(code).toBe(1);
  expect(stderr).toMatch(/line 3 was left out: collection format 2 is not known here/);
  expect(stderr).toMatch(/line 6 was left out: none of/);
  expect(stderr).toMatch(/line 7 was left out: field "nested" is an object/);
  const csv = readCsv(join(outdir, 'm.csv'));
  expect(csv.column('timestamp')).toEqual([START, START + 10, START + 20].map(String));
  expect(csv.column('mem_free')).toEqual(['1', 'NA', '3']);
  expect(csv.column('stat_ctxt')).toEqual(['NA', '5', 'NA']);
});

test('a line of a quarter of a gigabyte is passed over in bounded memory', { timeout: 120_000 }, () => {
  const file = place.file('c.json', [...lines, '']);
  truncateSync(file, 256 * 1024 * 1024);
  const report = `--import=data:text/javascript,process.on('exit',()=>console.error(process.resourceUsage().maxRSS))`;
  const env = { ...process.env, NODE_OPTIONS: report };
  const outdir = place.dir();
  const { status, stderr } = spawnSync(bin('pcprocess'), [file, '--outdir', outdir], { env, encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toMatch(/line 63 was left out: \d{9} bytes long, longer than any line of a collection/);
  expect(readFileSync(join(outdir, 'm.csv'), 'utf8')).toBe(whole.csv);
  expect(Number(/(\d+)\s*$/.exec(stderr)?.[1]) / 1024).toBeLessThan(400);
});

test('a pipe whose writer ends in the middle of a line gives what came', async () => {
  const fifo = join(place.dir(), 'm');
  execFileSync('mkfifo', [fifo]);
  const writer = spawn('dd', [`if=${place.file('c.json', lines)}`, `of=${fifo}`, 'bs=3000', 'count=1'], {
    stdio: 'ignore',
  });
  const closed = once(writer, 'close');
  const { code, stderr, csv } = await csvOf(fifo);
  await closed;
  expect(code).toBe(1);
  expect(stderr).toMatch(/the last \d+ bytes are an unfinished line/);
  expect(csv.split('\n').length).toBeGreaterThan(5);
  expect(whole.csv.startsWith(csv)).toBe(true);
});

/** Root may read and write everything; nobody may not. */
const isRoot = process.getuid?.() === 0;

test.skipIf(!isRoot)(
  'what may not be read is told, and the rest is converted; where nothing may be written is told',
  () => {
    const [secret, good, outdir] = [place.file('secret.json', lines), place.file('good.json', lines), place.dir()];
    for (const path of [place.root, join(good, '..'), join(secret, '..')]) chmodSync(path, 0o755);
    chmodSync(secret, 0o600);
    chmodSync(outdir, 0o777);
    const run = (directory: string) =>
      spawnSync(bin('pcprocess'), [secret, good, '--outdir', directory], {
        uid: 65_534,
        gid: 65_534,
        encoding: 'utf8',
      });
    const read = run(outdir);
    expect(read.status).toBe(1);
    expect(read.stderr).toMatch(/cannot read .*secret\.json: permission denied/);
    expect(readFileSync(join(outdir, 'm.csv'), 'utf8')).toBe(whole.csv);
    const closed = place.dir();
    chmodSync(closed, 0o555);
    const written = run(closed);
    expect(written).toMatchObject({ status: 1, stdout: '' });
    expect(written.stderr).toMatch(/^pcprocess: cannot write .*: permission denied/);
    expect(readdirSync(closed)).toEqual([]);
  },
);

test.skipIf(!canMount)('a table that may not be replaced stays, and nothing stays beside it', async () => {
  const outdir = place.dir();
  const path = place.file('c.json', lines);
  expect((await runPcprocess([path, '--outdir', outdir])).code).toBe(0);
  const before = readdirSync(outdir).sort();
  readOnly(outdir);
  const { code, stderr } = await runPcprocess([path, '--outdir', outdir]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^pcprocess: cannot write .*: the file system is read-only/);
  expect(readdirSync(outdir).sort()).toEqual(before);
});

test('a pattern finds files, whatever else is there', async () => {
  const directory = place.dir();
  mkdirSync(join(directory, 'd.json'));
  execFileSync('ln', ['-s', 'nowhere', join(directory, 'broken.json')]);
  writeFileSync(join(directory, 'c.json'), textOf(lines));
  const outdir = place.dir();
  const { code, stderr } = await runPcprocess([join(directory, '*.json'), '--outdir', outdir]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const again = await runPcprocess([join(directory, '*.txt'), '--outdir', outdir]);
  expect(again.code).toBe(1);
  expect(again.stderr).toMatch(/no such file/);
});

test('bytes that are no text in a name of a field do no harm to other fields', async () => {
  const line = Buffer.from(series({ 'fs_/mnt/X_blocks_free': 1, mem_free: 2 })[0] ?? '');
  line[line.indexOf('X')] = 0xff;
  const { code, csv } = await csvOf(place.file('m.json', Buffer.concat([line, Buffer.from('\n')])));
  expect(code).toBe(0);
  expect(csv.split('\n')[1]).toBe(`${START},m,2,1`);
});

test('more machines than files that may be open are told, and nothing is left', () => {
  const own = Array.from({ length: 300 }, (_, at) => sample(START, { mem_free: at }, { machine: `m${at}` }));
  const outdir = place.dir();
  const command = `ulimit -n 200 && exec ${bin('pcprocess')} ${place.file('c.json', own)} --outdir ${outdir}`;
  const { status, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^pcprocess: cannot write .*: too many open files\n/);
  expect(readdirSync(outdir)).toEqual([]);
});
