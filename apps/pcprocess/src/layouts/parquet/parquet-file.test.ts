import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canMount, smallDisk } from '@perfcollector/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testPlace } from '../../test-run.ts';
import type { ParquetColumn } from './column.ts';
import { ParquetFile, type ParquetOptions } from './parquet-file.ts';
import { parquetReader } from './test-read.ts';

const place = testPlace();
const { ask, read } = parquetReader();

/** Numbers and texts as they are added; null is missing. */
type Row = readonly (number | string | null)[];

interface Table {
  readonly columns: readonly ParquetColumn[];
  readonly rows: Iterable<Row>;
  readonly options?: ParquetOptions;
}

/** Adds rows as a caller does that has two arrays for all of them. */
function fill(file: ParquetFile, { columns, rows }: Table): void {
  const numbers = new Float64Array(columns.length);
  const texts: (string | null)[] = [];
  for (const row of rows) {
    for (const [at, value] of row.entries()) {
      numbers[at] = typeof value === 'number' ? value : Number.NaN;
      texts[at] = typeof value === 'string' ? value : null;
    }
    file.add(numbers, texts);
  }
}

/** Writes a table; gives its path. */
function write(table: Table): string {
  const path = join(place.dir(), 'a.parquet');
  const file = new ParquetFile(path, table.columns, table.options);
  fill(file, table);
  file.finish();
  return path;
}

function doubles(...names: readonly string[]): ParquetColumn[] {
  return names.map((name) => ({ name, type: 'double' }));
}

const EVERY_TYPE: readonly ParquetColumn[] = [
  { name: 'timestamp', type: 'timestamp' },
  { name: 'label', type: 'string' },
  { name: 'rate', type: 'double' },
  { name: 'counter', type: 'uint64' },
];

const TYPES = [
  ['timestamp', 'TIMESTAMP WITH TIME ZONE'],
  ['label', 'VARCHAR'],
  ['rate', 'DOUBLE'],
  ['counter', 'UBIGINT'],
];

/** Rows as they should be read: times as microseconds, counters as big integers. */
function asRead(rows: readonly Row[]) {
  return rows.map(([time = null, label = null, rate = null, counter = null]) => [
    time === null ? null : { micros: BigInt(Math.round(Number(time) * 1e6)) },
    label,
    rate,
    counter === null ? null : BigInt(counter),
  ]);
}

const MISSING: Row = [null, null, null, null];

test.each<[string, readonly Row[]]>([
  ['no row', []],
  ['one row', [[1704067210.003, 'web01', 1.5, 7]]],
  ['a row of which all is missing', [MISSING]],
  [
    'missing values here and there',
    [[1, null, 0.1 + 0.2, null], [2, '', null, 0], MISSING, [3, 'a', -1e-300, 2 ** 53]],
  ],
])('%s: DuckDB finds the types and the values', async (_, rows) => {
  const found = await read(write({ columns: EVERY_TYPE, rows }));
  expect(found.columns).toEqual(TYPES);
  expect(found.rows).toEqual(asRead(rows));
});

test('what a sample can hold comes back as it was, in one row group and in many', async () => {
  const seconds = fc.integer({ min: -8e14, max: 8e15 }).map((milliseconds) => milliseconds / 1000);
  const counter = fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n).map(String), fc.maxSafeNat());
  const label = fc.string({ unit: 'binary', maxLength: 300 });
  const row = fc.tuple(
    ...[seconds, label, fc.double({ noNaN: true }), counter].map((of) => fc.option<string | number>(of)),
  );
  const law = fc.asyncProperty(
    fc.array(row, { maxLength: 40 }),
    fc.integer({ min: 1, max: 200 }),
    async (rows, cells) => {
      const found = await read(write({ columns: EVERY_TYPE, rows, options: { cells } }));
      expect(found.rows).toEqual(asRead(rows));
    },
  );
  await fc.assert(law, { numRuns: 25 });
});

test.each([9007199254740993n, 2n ** 63n, 2n ** 64n - 1n])('the counter %s is read exactly', async (value) => {
  const columns: ParquetColumn[] = [{ name: 'counter', type: 'uint64' }];
  const found = await read(write({ columns, rows: [[String(value)], ['1'], [String(value)]] }));
  expect(found.rows).toEqual([[value], [1n], [value]]);
});

test.each<number | string>([-1, 0.5, 2 ** 64, 'x', '18446744073709551616'])('%s is not made a counter', (value) => {
  const columns: ParquetColumn[] = [{ name: 'counter', type: 'uint64' }];
  expect(() => write({ columns, rows: [[value]] })).toThrow(`BUG: ${value} in a column of unsigned whole numbers`);
});

test('a time is a point in time, and a row is found by it', async () => {
  const rows = Array.from({ length: 100 }, (_, at) => [1767982248.125 + at, 'm', at, at]);
  const path = write({ columns: EVERY_TYPE, rows, options: { cells: 40 } });
  const found = `select counter from FILE where timestamp = '2026-01-09T18:10:50.125Z'`;
  expect(await ask(path, found)).toEqual([[2n]]);
  expect(await ask(path, 'select epoch(min(timestamp)) from FILE')).toEqual([[1767982248.125]]);
});

test('a time further away than can be told is missing', async () => {
  const columns: ParquetColumn[] = [{ name: 'timestamp', type: 'timestamp' }];
  const found = await read(write({ columns, rows: [[1e300], [0], [Number.NEGATIVE_INFINITY]] }));
  expect(found.rows).toEqual([[null], [{ micros: 0n }], [null]]);
});

test('names may be anything that a device is called', async () => {
  const ascii = Array.from({ length: 128 }, (_, code) => `disk_${String.fromCharCode(code)}_reads`);
  const others = [
    'it"s',
    ',',
    'a.b',
    '..',
    '',
    ' ',
    'é',
    '😀',
    '\u2028',
    'x'.repeat(5000),
    'schema',
    'timestamp',
    'A',
    'a',
  ];
  const names = [...ascii, ...others];
  const path = write({ columns: doubles(...names), rows: [names.map((_, at) => at)] });
  const found = await ask(path, `select name from parquet_schema(FILE) where type = 'DOUBLE'`);
  expect(found.flat()).toEqual(names);
  expect((await read(path)).rows).toEqual([names.map((_, at) => at)]);
});

test('two columns of one name are a mistake, and nothing is begun', () => {
  const outdir = place.dir();
  expect(() => new ParquetFile(join(outdir, 'a.parquet'), doubles('a', 'a'))).toThrow('BUG: two columns of one name');
  expect(readdirSync(outdir)).toEqual([]);
});

test('3,000 columns in several row groups', async () => {
  const columns = doubles(...Array.from({ length: 3000 }, (_, at) => `c${at}`));
  const rows = Array.from({ length: 25 }, (_, row) => columns.map((_, at) => (at % 7 === 0 ? null : row + at / 10)));
  const path = write({ columns, rows, options: { cells: 30_000 } });
  expect((await read(path)).rows).toEqual(rows);
  const groups = 'select num_row_groups, num_rows from parquet_file_metadata(FILE)';
  expect(await ask(path, groups)).toEqual([[3n, 25n]]);
});

test('long texts fill a row group before there are many rows', async () => {
  const columns: ParquetColumn[] = [{ name: 'label', type: 'string' }];
  const rows = Array.from({ length: 20 }, (_, at) => [`${at}${'x'.repeat(1000)}`]);
  const path = write({ columns, rows, options: { cells: 1000 } });
  expect((await read(path)).rows).toEqual(rows);
  expect(await ask(path, 'select num_row_groups from parquet_file_metadata(FILE)')).toEqual([[5n]]);
});

test('what is said of the columns is kept in the file', async () => {
  const metadata = { units: '{"é":"KiB"}', empty: '' };
  const path = write({ columns: doubles('a'), rows: [[1]], options: { metadata } });
  const kept = await ask(path, 'select decode(key), decode(value) from parquet_kv_metadata(FILE)');
  expect(Object.fromEntries(kept)).toEqual(metadata);
});

test('a file is under its name only when it is finished', () => {
  const outdir = place.dir();
  const path = join(outdir, 'a.parquet');
  const file = new ParquetFile(path, doubles('a'), { cells: 1 });
  file.add(Float64Array.of(1), []);
  expect(readdirSync(outdir)).not.toContain('a.parquet');
  file.finish();
  file.discard();
  expect(readdirSync(outdir)).toEqual(['a.parquet']);
});

test('a file that is given up leaves what was there before', () => {
  const outdir = place.dir();
  const path = join(outdir, 'a.parquet');
  writeFileSync(path, 'before');
  const file = new ParquetFile(path, doubles('a'), { cells: 10 });
  for (let row = 0; row < 1000; row++) file.add(Float64Array.of(row), []);
  file.discard();
  expect(readdirSync(outdir)).toEqual(['a.parquet']);
  expect(readFileSync(path, 'utf8')).toBe('before');
});

test('a directory where the file should go is told', () => {
  const outdir = place.dir();
  const path = join(outdir, 'a.parquet');
  mkdirSync(path);
  expect(() => new ParquetFile(path, doubles('a'))).toThrow(`cannot write ${path}: it is a directory`);
  expect(readdirSync(outdir)).toEqual(['a.parquet']);
});

/** Numbers that no compression makes much smaller: more than a megabyte of them. */
const LARGE: Table = {
  columns: doubles('a', 'b', 'c', 'd'),
  rows: Array.from({ length: 50_000 }, () => [Math.random(), Math.random(), Math.random(), Math.random()]),
};

test.each([
  ['while rows are added', 4000],
  ['at the end', 4_000_000],
])('a device that is full is told %s', (_, cells) => {
  const file = new ParquetFile('/dev/full', LARGE.columns, { cells });
  const write = () => {
    fill(file, LARGE);
    file.finish();
  };
  expect(write).toThrow('cannot write /dev/full: the disk is full');
  file.discard();
});

test.skipIf(!canMount)('a full disk is told; the file that was there stays, and no half one', () => {
  const outdir = smallDisk('size=64k');
  const path = join(outdir, 'a.parquet');
  writeFileSync(path, 'before');
  const file = new ParquetFile(path, LARGE.columns, { cells: 4000 });
  expect(() => fill(file, LARGE)).toThrow(
    expect.objectContaining({ code: 'ENOSPC', message: `cannot write ${path}: the disk is full` }),
  );
  file.discard();
  expect(readdirSync(outdir)).toEqual(['a.parquet']);
  expect(readFileSync(path, 'utf8')).toBe('before');
});

test.skipIf(!canMount)('a read-only file system is told', () => {
  const path = join(smallDisk('ro'), 'a.parquet');
  expect(() => new ParquetFile(path, doubles('a'))).toThrow(`cannot write ${path}: the file system is read-only`);
});

test('what hardly changes takes hardly any room', () => {
  const columns = doubles(...Array.from({ length: 50 }, (_, at) => `c${at}`));
  const idle = Array.from({ length: 10_000 }, (_, row) => columns.map((_, at) => (at === 0 ? row : 1e9 + at)));
  expect(statSync(write({ columns, rows: idle })).size).toBeLessThan(100_000); // of 4 MB
});

/** 16,000 rows of 500 numbers, as many as two row groups of the usual size have. */
const WRITE = `
  const { ParquetFile } = await import(process.argv[1]);
  const columns = Array.from({ length: 500 }, (_, at) => ({ name: 'c' + at, type: 'double' }));
  const file = new ParquetFile(process.argv[2], columns);
  const row = new Float64Array(500);
  for (let at = 0; at < 16_000; at++) file.add(row.fill(at / 3), []);
  file.finish();
`;

test('a row group is written with little memory beside it', async () => {
  const path = join(place.dir(), 'a.parquet');
  const module = new URL('parquet-file.ts', import.meta.url).href;
  // The columns of a row group, all of them as objects at once, would be 90 MB; the row group itself is not in this heap.
  execFileSync(process.execPath, ['--max-old-space-size=40', '--input-type=module', '--eval', WRITE, module, path]);
  expect(await ask(path, 'select num_row_groups, num_rows from parquet_file_metadata(FILE)')).toEqual([[2n, 16_000n]]);
});
