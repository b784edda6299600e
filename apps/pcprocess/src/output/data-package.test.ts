import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FieldDescription } from '../layouts/layout.ts';
import { header, readCsv, runPcprocess, START, sample, series, tablesIn, testPlace } from '../test-run.ts';
import type { Resource } from './data-package.ts';

const place = testPlace();

async function converted(lines: readonly string[], ...argv: string[]): Promise<string> {
  const outdir = place.dir();
  const { code, stderr } = await runPcprocess([place.file('c.json', lines), '--outdir', outdir, ...argv]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return outdir;
}

function resourcesIn(outdir: string): Resource[] {
  return JSON.parse(readFileSync(join(outdir, 'datapackage.json'), 'utf8')).resources;
}

function fieldsIn(outdir: string, path = 'm.csv'): readonly FieldDescription[] {
  return resourcesIn(outdir).find((resource) => resource.path === path)?.schema?.fields ?? [];
}

test('each file is described, and each of its columns in their order', async () => {
  const outdir = await converted(series({ cpu_user: 1, cpu_idle: 2, mem_free: 3, disk_sda_reads: 4, alien: 5 }));
  expect(resourcesIn(outdir).map(({ path }) => path)).toEqual(['m.csv', 'quality.csv']);
  for (const { path, schema } of resourcesIn(outdir))
    expect(schema?.fields.map(({ name }) => name)).toEqual(readCsv(join(outdir, path)).columns);
  expect(resourcesIn(outdir)[0]).toMatchObject({ machine_id: 'm', rows: 1, format: 'csv', mediatype: 'text/csv' });
});

test('a column says its unit, kind, meaning, and where it comes from', async () => {
  const outdir = await converted(series({ mem_free: 3, disk_sda_reads: 4, net_eth0_rx_bytes: 1 }));
  const fields = new Map(fieldsIn(outdir).map((field) => [field.name, field]));
  expect(fields.get('mem_free')).toMatchObject({
    type: 'number',
    unit: 'KiB',
    kind: 'gauge',
    derivation: 'value',
    field: 'mem_free',
    group: 'mem',
    device: '',
    metric: 'free',
  });
  expect(fields.get('disk_sda_reads_per_second')).toMatchObject({
    unit: 'count/s',
    kind: 'counter',
    derivation: 'rate',
    field: 'disk_sda_reads',
    device: 'sda',
  });
  for (const { description } of fields.values()) expect(description).toMatch(/^[A-Z].*\.$/);
});

/** Every character that Linux allows in the name of a mount point or an interface. */
const legal = Array.from({ length: 127 }, (_, code) => String.fromCharCode(code + 1)).filter((one) => one !== '/');

test('whatever devices are called, columns have names of their own, in R too, and tell their fields', async () => {
  const fields = legal.map((one) => `fs_/mnt/${one}_blocks_free`);
  const outdir = await converted(series(Object.fromEntries(fields.map((name, at) => [name, at]))));
  const csv = readCsv(join(outdir, 'm.csv'));
  const described = new Map(fieldsIn(outdir).map(({ name, field }) => [field, name]));
  for (const [at, field] of fields.entries()) expect(csv.column(described.get(field) ?? '')).toEqual([String(at)]);
  const names = `names(read.csv(${JSON.stringify(join(outdir, 'm.csv'))}))`;
  const script = `stopifnot(length(${names}) == ${csv.columns.length}, !anyDuplicated(make.names(names(read.csv(${JSON.stringify(join(outdir, 'm.csv'))}, check.names = FALSE)))))`;
  execFileSync('Rscript', ['--vanilla', '-e', script], { stdio: 'pipe' });
});

test('fields that are called as the first columns are do not take their place', async () => {
  const outdir = await converted(series({ timestamp: 5, machine_id: 'x', machine_ID: 'y' }));
  const { columns, rows } = readCsv(join(outdir, 'm.csv'));
  expect(columns).toEqual(['timestamp', 'machine_id', 'machine_id_2', 'machine_ID_3', 'timestamp_2']);
  expect(rows[0]).toMatchObject({ timestamp: String(START), machine_id: 'm', timestamp_2: '5', machine_id_2: 'x' });
});

test('several runs fill one directory, each its machines', async () => {
  const outdir = place.dir();
  const convert = (machine: string, ...values: number[]) =>
    runPcprocess([
      place.file(
        'c.json',
        values.map((a, at) => sample(START + at, { disk_sda_reads: a }, { machine })),
      ),
      '--outdir',
      outdir,
    ]);
  for (const [machine, ...values] of [
    ['a', 1, 2],
    ['b', 3],
    ['a', 5],
  ] as const)
    expect((await convert(machine, ...values)).code).toBe(0);
  expect(tablesIn(outdir)).toEqual(['a.csv', 'b.csv']);
  expect(resourcesIn(outdir).map(({ path, rows }) => [path, rows])).toEqual([
    ['a.csv', 1],
    ['b.csv', 1],
    ['quality.csv', 2],
  ]);
  expect(readCsv(join(outdir, 'quality.csv')).column('table').sort()).toEqual(['a.csv', 'b.csv']);
});

test.each(['m.csv', 'datapackage.json', 'quality.csv'])(
  'a file of another program in the place of %s stays',
  async (name) => {
    const outdir = place.dir();
    writeFileSync(join(outdir, name), '{"resources":[]}');
    const argv = [place.file('c.json', series({ a: 1 })), '--outdir', outdir];
    const { code, stderr } = await runPcprocess(argv);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `pcprocess: cannot write ${outdir}/${name}: there is a file of that name that pcprocess did not write\n  Name another directory with --outdir, or say --force to replace it.\n`,
    );
    expect(readFileSync(join(outdir, name), 'utf8')).toBe('{"resources":[]}');
    expect((await runPcprocess([...argv, '--force'])).code).toBe(0);
    expect((await runPcprocess(argv)).code).toBe(0);
  },
);

test('events have a table of their own, in the order of time, each once', async () => {
  const event = (timestamp: number, text: string) => JSON.stringify({ timestamp, run: 'r', event: text });
  const lines = [header('r'), ...series({ a: 1 }), event(START + 5, 'b,"c"'), event(START, 'a'), event(START, 'a')];
  const outdir = await converted(lines);
  expect(readCsv(join(outdir, 'events.csv')).rows).toEqual([
    { timestamp: String(START), machine_id: 'm', run: 'r', event: 'a' },
    { timestamp: String(START + 5), machine_id: 'm', run: 'r', event: 'b,"c"' },
  ]);
});
