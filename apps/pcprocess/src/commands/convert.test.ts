import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { header, readCsv, runPcprocess, START, sample, series, tablesIn, testPlace } from '../test-run.ts';

const place = testPlace();

test('the variables alone are enough', async () => {
  const outdir = place.dir();
  const env = { PCR_COLLECTION: place.file('c.json', series({ a: 1 })), PCR_OUTDIR: outdir };
  expect(await runPcprocess([], { env })).toEqual({
    code: 0,
    stdout: `m: 1 row, 3 columns in ${outdir}/m.csv\n`,
    stderr: '',
  });
});

test('flags are stronger than variables, and files that are named are stronger than both', async () => {
  const [wrong, outdir] = [place.dir(), place.dir()];
  const env = { PCR_COLLECTION: join(wrong, 'no-such-file'), PCR_OUTDIR: wrong };
  const flagged = place.file('flag.json', series({ flagged: 1 }));
  const named = place.file('named.json', series({ named: 1 }));
  expect((await runPcprocess(['--collection', flagged, '--outdir', outdir], { env })).code).toBe(0);
  expect(readCsv(join(outdir, 'm.csv')).columns).toContain('flagged');
  expect((await runPcprocess([named, '--collection', flagged, '--outdir', outdir], { env })).code).toBe(0);
  expect(readCsv(join(outdir, 'm.csv')).columns).toEqual(['timestamp', 'machine_id', 'named']);
  expect(readdirSync(wrong)).toEqual([]);
});

test('an output directory is made, with those above it', async () => {
  const outdir = join(place.dir(), 'a', 'b');
  expect((await runPcprocess([place.file('c.json', series({ a: 1 })), '--outdir', outdir])).code).toBe(0);
  expect(tablesIn(outdir)).toEqual(['m.csv']);
});

test('--json tells of each table what is in it', async () => {
  const outdir = place.dir();
  const lines = [...series({ a: 1, b: 1 }, { a: 2 }, { a: 3 }), sample(START + 20, { a: 3 }), sample(START, { a: 9 })];
  const { code, stdout } = await runPcprocess([place.file('c.json', lines), '--outdir', outdir, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    outdir,
    tables: [
      {
        machine: 'm',
        files: [{ path: 'm.csv', rows: 3, na: 2 }],
        rows: 3,
        columns: 4,
        duplicates: 2,
        gaps: 0,
        outOfOrder: 1,
      },
    ],
    files: ['quality.csv', 'datapackage.json'],
    problems: [],
  });
});

test('--json is whole where something is wrong, too', async () => {
  const file = place.file('c.json', [...series({ a: 1 }), 'no JSON', sample(START + 10, { a: 2 })]);
  const { code, stdout } = await runPcprocess([file, '--outdir', place.dir(), '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    tables: [{ machine: 'm', rows: 2 }],
    problems: [`${file}: line 2 was left out: not JSON: "no JSON"`],
  });
});

test('the machine is what the sample says, else its header, else --identifier, else the name of the file', async () => {
  const bare = JSON.stringify({ timestamp: START, fields: { a: 1 } });
  const cases: readonly [string, string[], string[]][] = [
    ['tagged.csv', [header('r', { identifier: 'headed' }), sample(START, { a: 1 }, { machine: 'tagged' })], []],
    ['headed.csv', [header('r', { identifier: 'headed' }), bare], ['--identifier', 'given']],
    ['given.csv', [bare], ['--identifier', 'given']],
    ['web01.csv', [bare], []],
  ];
  for (const [csv, lines, argv] of cases) {
    const outdir = place.dir();
    expect((await runPcprocess([place.file('web01.json.gz', lines), '--outdir', outdir, ...argv])).code).toBe(0);
    expect(tablesIn(outdir)).toEqual([csv]);
    expect(readCsv(join(outdir, csv)).column('machine_id')).toEqual([csv.replace('.csv', '')]);
  }
});

test('many machines in one file become one CSV each, with columns of their own', async () => {
  const outdir = place.dir();
  const lines = [0, 1, 2].flatMap((tick) =>
    ['a', 'b', 'c'].map((machine, at) => sample(START + tick, { [`of_${machine}`]: tick * at }, { machine })),
  );
  const { code, stdout } = await runPcprocess([place.file('all.json', lines), '--outdir', outdir]);
  expect(code).toBe(0);
  expect(stdout.split('\n')).toHaveLength(4);
  expect(tablesIn(outdir)).toEqual(['a.csv', 'b.csv', 'c.csv']);
  for (const [at, machine] of ['a', 'b', 'c'].entries()) {
    const csv = readCsv(join(outdir, `${machine}.csv`));
    expect(csv.columns).toEqual(['timestamp', 'machine_id', `of_${machine}`]);
    expect(csv.column(`of_${machine}`)).toEqual([0, at, 2 * at].map(String));
    expect(new Set(csv.column('machine_id'))).toEqual(new Set([machine]));
  }
});

test('a CSV that was there is replaced', async () => {
  const outdir = place.dir();
  await runPcprocess([place.file('c.json', series({ old: 1 }, { old: 2 })), '--outdir', outdir]);
  await runPcprocess([place.file('c.json', series({ fresh: 1 })), '--outdir', outdir]);
  expect(readFileSync(join(outdir, 'm.csv'), 'utf8')).toBe('timestamp,machine_id,fresh\n1767982248,m,1\n');
});

const strange: readonly string[] = [
  '../../outside',
  '/absolute',
  '..',
  '.',
  '.hidden',
  'a/b',
  'a\\b',
  'a b',
  'a\0b',
  'a\nb',
  'a,"b"',
  '%2E',
  '-rf',
  '*',
  '~',
  'ü',
  '機械',
  'x'.repeat(300),
  `${'x'.repeat(299)}y`,
  'ü'.repeat(150),
  'unnamed',
];

test('whatever a machine is called, its CSV has a name of its own inside the output directory', async () => {
  const parent = place.dir();
  const outdir = join(parent, 'out');
  const lines = strange.map((machine, at) => sample(START, { at }, { machine }));
  const { code } = await runPcprocess([place.file('c.json', lines), '--outdir', outdir]);
  expect(code).toBe(0);
  expect(readdirSync(parent)).toEqual(['out']);
  expect(existsSync('/absolute.csv')).toBe(false);
  const names = tablesIn(outdir);
  expect(names).toHaveLength(strange.length);
  for (const name of names) {
    expect(name).toMatch(/^[^./][^/\0\n]*\.csv$/);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
  }
  const found = names.map((name) => readCsv(join(outdir, name)).rows[0] ?? {});
  const ids = found.toSorted((a, b) => Number(a.at) - Number(b.at)).map((row) => row.machine_id);
  expect(ids).toEqual(strange);
});

test('intervals with missed samples are counted, by the numbers of the ticks', async () => {
  const lines = [
    header('r'),
    ...[0, 1, 3, 4].map((seq) => sample(START + 10 * seq, { disk_sda_reads: 100 * seq }, { run: 'r', seq })),
  ];
  const outdir = place.dir();
  const { stdout } = await runPcprocess([place.file('c.json', lines), '--outdir', outdir]);
  expect(stdout).toBe(`m: 4 rows, 4 columns in ${outdir}/m.csv (1 interval with missed samples)\n`);
  expect(readCsv(join(outdir, 'm.csv')).column('disk_sda_reads_per_second')).toEqual(['NA', '10', '10', '10']);
});

test('missed samples are noticed where no header tells how far apart they are', async () => {
  const outdir = place.dir();
  const times = [0, 5, 10, 16, 20, 75, 80, 84, 90];
  const lines = times.map((at) => sample(START + at, { stat_ctxt: at }));
  const { stdout } = await runPcprocess([place.file('c.json', lines), '--outdir', outdir]);
  expect(stdout).toContain('(1 interval with missed samples)');
  const told = readCsv(join(outdir, 'quality.csv')).rows.filter(({ reason }) => reason === 'gap');
  expect(told).toEqual([expect.objectContaining({ column: '*', from: String(START + 75), to: String(START + 75) })]);
  const rates = readCsv(join(outdir, 'm.csv')).column('stat_ctxt_per_second');
  expect(rates).toEqual(['NA', ...times.slice(1).map(() => '1')]);
});
