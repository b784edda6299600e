import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testPlace } from '../test-run.ts';
import { CsvFile } from './csv-file.ts';

const place = testPlace();

test('a CSV is under its name only when it is finished', async () => {
  const outdir = place.dir();
  const file = new CsvFile(join(outdir, 'a.csv'), ['x', 'y']);
  await file.add(['1', 'a,b']);
  expect(readdirSync(outdir)).not.toContain('a.csv');
  await file.finish();
  expect(readdirSync(outdir)).toEqual(['a.csv']);
  expect(readFileSync(join(outdir, 'a.csv'), 'utf8')).toBe('x,y\n1,"a,b"\n');
});

test('a CSV that is given up leaves what was there before', async () => {
  const outdir = place.dir();
  writeFileSync(join(outdir, 'a.csv'), 'before');
  const file = new CsvFile(join(outdir, 'a.csv'), ['x']);
  for (let row = 0; row < 1000; row++) await file.add(['x'.repeat(1000)]);
  file.discard();
  expect(readdirSync(outdir)).toEqual(['a.csv']);
  expect(readFileSync(join(outdir, 'a.csv'), 'utf8')).toBe('before');
});

test('a CSV without rows is its heading', async () => {
  const outdir = place.dir();
  await new CsvFile(join(outdir, 'a.csv'), ['x', 'y']).finish();
  expect(readFileSync(join(outdir, 'a.csv'), 'utf8')).toBe('x,y\n');
});

test('rows of more than any buffer are all there, in order', async () => {
  const path = join(place.dir(), 'a.csv');
  const file = new CsvFile(path, ['x']);
  for (let row = 0; row < 50_000; row++) await file.add([`${row} ${'x'.repeat(40)}`]);
  await file.finish();
  const rows = readFileSync(path, 'utf8').trimEnd().split('\n').slice(1);
  expect(rows.map((row) => Number.parseInt(row, 10))).toEqual(Array.from({ length: 50_000 }, (_, row) => row));
});
