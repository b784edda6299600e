import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parquetReader } from '../layouts/parquet/test-read.ts';
import { type Csv, header, readCsv, runPcprocess, START, sample, series, testPlace } from '../test-run.ts';

const place = testPlace();
const parquet = parquetReader();

async function converted(lines: readonly string[], ...argv: string[]): Promise<string> {
  const outdir = place.dir();
  const { code, stderr } = await runPcprocess([place.file('c.json', lines), '--outdir', outdir, ...argv]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return outdir;
}

async function csvOf(lines: readonly string[], ...argv: string[]): Promise<Csv> {
  return readCsv(join(await converted(lines, ...argv), 'm.csv'));
}

const lines = series(
  {
    cpu_user: 1,
    cpu_nice: 1,
    cpu_system: 1,
    cpu_idle: 1,
    disk_sda_reads: 10,
    disk_sda_writes: 50,
    mem_free: 1,
    alien: 'x',
  },
  {
    cpu_user: 2,
    cpu_nice: 1,
    cpu_system: 1,
    cpu_idle: 4,
    disk_sda_reads: 20,
    disk_sda_writes: 40,
    mem_free: 2,
    alien: 'y',
  },
);

const choices: readonly [string[], string[]][] = [
  [
    ['--columns', 'disk_*'],
    ['disk_sda_reads', 'disk_sda_reads_per_second', 'disk_sda_writes', 'disk_sda_writes_per_second'],
  ],
  [
    ['--columns', 'disk_*', '--no-rates'],
    ['disk_sda_reads', 'disk_sda_writes'],
  ],
  [
    ['--columns', 'disk_*', '--no-counters'],
    ['disk_sda_reads_per_second', 'disk_sda_writes_per_second'],
  ],
  [
    ['--columns', 'mem_free,alien', '--columns', 'cpu_user'],
    ['cpu_user', 'mem_free', 'alien'],
  ],
  [['--columns', '*_reads*', '--exclude', '*_per_second'], ['disk_sda_reads']],
  [
    ['--exclude', 'disk_*,cpu_*'],
    ['mem_free', 'alien'],
  ],
  [['--columns', 'cpu_?ser'], ['cpu_user']],
  [
    ['--no-rates', '--no-counters', '--exclude', 'cpu_*'],
    ['mem_free', 'alien'],
  ],
];

test.each(choices)('%j leaves these columns, and what is in them is what was in them', async (argv, expected) => {
  const all = await csvOf(lines);
  const chosen = await csvOf(lines, ...argv);
  expect(chosen.columns).toEqual(['timestamp', 'machine_id', ...expected]);
  for (const column of chosen.columns) expect(chosen.column(column)).toEqual(all.column(column));
});

test('sizes can be told in bytes, exactly also where no double holds them', async () => {
  const sizes = [1, 0, 123_456_789, 9_007_199_254_740_991, '9007199254740993', '18014398509481983', 0.5];
  const own = series(...sizes.map((mem_free) => ({ mem_free, disk_sda_reads: 7, loadavg_1min: 0.25 })));
  const expected = sizes.map((size) =>
    Number.isInteger(Number(size)) ? String(BigInt(size) * 1024n) : String(Number(size) * 1024),
  );
  const csv = await csvOf(own, '--units', 'bytes');
  expect(csv.column('mem_free')).toEqual(expected);
  expect(csv.column('disk_sda_reads')[0]).toBe('7');
  expect(csv.column('loadavg_1min')[0]).toBe('0.25');
  const long = readCsv(
    join(await converted(own, '--units', 'bytes', '--layout', 'long', '--columns', 'mem_*'), 'm.long.csv'),
  );
  expect(long.column('value')).toEqual(expected);
  expect(new Set(long.column('unit'))).toEqual(new Set(['bytes']));
});

test('sizes in bytes are whole numbers of 64 bits in Parquet', async () => {
  const sizes = [1, 9_007_199_254_740_991, '9007199254740993'];
  const outdir = await converted(
    series(...sizes.map((mem_free) => ({ mem_free }))),
    '--units',
    'bytes',
    '--layout',
    'parquet',
  );
  const { rows } = await parquet.read(join(outdir, 'm.parquet'));
  expect(rows.map((row) => String(row[2]))).toEqual(sizes.map((size) => String(BigInt(size) * 1024n)));
});

test('the time is told as a zone told it, over the change to daylight saving and back', async () => {
  const timeOf = async (zone: string, ...times: string[]) => {
    const own = times.map((time, at) => sample(Date.parse(time) / 1000, { at }));
    const { columns, column } = await csvOf(own, '--tz', zone);
    expect(columns.slice(0, 3)).toEqual(['timestamp', 'time', 'machine_id']);
    for (const [at, time] of column('time').entries()) expect(Date.parse(time)).toBe(Date.parse(times[at] ?? ''));
    return column('time');
  };
  expect(
    await timeOf(
      'Europe/Berlin',
      '2026-03-29T00:59:59.999Z',
      '2026-03-29T01:00:00Z',
      '2026-10-25T00:59:59Z',
      '2026-10-25T01:00:00Z',
    ),
  ).toEqual([
    '2026-03-29T01:59:59.999+01:00',
    '2026-03-29T03:00:00.000+02:00',
    '2026-10-25T02:59:59.000+02:00',
    '2026-10-25T02:00:00.000+01:00',
  ]);
  expect(await timeOf('America/St_Johns', '2026-03-08T05:29:59Z', '2026-03-08T05:30:00Z')).toEqual([
    '2026-03-08T01:59:59.000-03:30',
    '2026-03-08T03:00:00.000-02:30',
  ]);
  expect(await timeOf('Australia/Lord_Howe', '2026-04-04T14:59:59Z', '2026-04-04T15:00:00Z')).toEqual([
    '2026-04-05T01:59:59.000+11:00',
    '2026-04-05T01:30:00.000+10:30',
  ]);
  expect(await timeOf('UTC', '2026-01-01T00:00:00.003Z')).toEqual(['2026-01-01T00:00:00.003+00:00']);
  expect(await timeOf('Asia/Kathmandu', '2026-01-01T00:00:00Z')).toEqual(['2026-01-01T05:45:00.000+05:45']);
});

test.each(['quality', 'events', 'datapackage', 'm.long', 'QUALITY'])('a machine may be called %s', async (machine) => {
  const event = JSON.stringify({ timestamp: START, run: 'r', event: 'deploy' });
  const own = [
    header('r', { identifier: machine }),
    event,
    sample(START, { disk_sda_reads: 1 }, { machine, run: 'r', seq: 0 }),
  ];
  const outdir = await converted(own);
  const resources = JSON.parse(readFileSync(join(outdir, 'datapackage.json'), 'utf8')).resources as {
    path: string;
    machine_id?: string;
  }[];
  expect(new Set(resources.map(({ path }) => path.toLowerCase())).size).toBe(3);
  const table = resources.find((resource) => resource.machine_id === machine);
  expect(readCsv(join(outdir, table?.path ?? '')).column('machine_id')).toEqual([machine]);
  expect(readCsv(join(outdir, 'quality.csv')).column('reason')).toEqual(['first']);
  expect(readCsv(join(outdir, 'events.csv')).column('event')).toEqual(['deploy']);
});

test('machines with the same columns, and with ones that differ in case alone, have a table each', async () => {
  const own = ['web01', 'WEB01', 'web02'].map((machine, at) =>
    sample(START, { mem_free: at, [`Net_${at}`]: 1, net_x: 2, NET_x: 3 }, { machine }),
  );
  const outdir = await converted(own);
  for (const [at, machine] of ['web01', 'WEB01', 'web02'].entries()) {
    const { columns, column } = readCsv(join(outdir, `${machine}.csv`));
    expect(column('mem_free')).toEqual([String(at)]);
    expect(new Set(columns.map((name) => name.toLowerCase())).size).toBe(columns.length);
  }
});
