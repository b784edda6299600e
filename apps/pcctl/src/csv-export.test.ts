import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bin, hasUpstream, upstream } from '@perfcollector/testing';
import { parse } from 'csv-parse/sync';
import { beforeAll, expect, test } from 'vitest';
import { collection, fileWith, START, startPcd, tempDir } from './test-run.ts';

const directory = tempDir();
const pcd = await startPcd();
const at = (name: string) => join(directory, name);

beforeAll(async () => {
  const lines = collection({ machine: 'web01', samples: 5 });
  // A device that appears late, a field that no source gives, and one of an own name.
  const [late = ''] = lines.slice(-1);
  const fields = '"disk_sda1_read_sectors":5,"made_up":"a,\\"b\\"","uptime":12.5,';
  await pcd.pcctl([
    'upload',
    fileWith(at('m.json'), [...lines.slice(0, -1), late.replace('"fields":{', `"fields":{${fields}`)]),
  ]);
});

const rowsOf = (csv: string) => parse(csv, { columns: true }) as Record<string, string>[];

test('csv is a row a value: of which group, which device, which metric, and in which unit', async () => {
  const { code, stdout } = await pcd.pcctl(['export', 'web01', '--format', 'csv']);
  expect(code).toBe(0);
  expect(stdout.split('\n')[0]).toBe('timestamp,machine_id,group,device,metric,value,unit');
  const rows = rowsOf(stdout);
  const head = { timestamp: String(START + 4), machine_id: 'web01' };
  expect(rows).toContainEqual({ ...head, group: 'mem', device: '', metric: 'free', value: '1004', unit: 'KiB' });
  expect(rows).toContainEqual({
    ...head,
    group: 'disk',
    device: 'sda1',
    metric: 'read_sectors',
    value: '5',
    unit: 'sectors',
  });
  expect(rows).toContainEqual({
    ...head,
    group: 'disk',
    device: 'sda1',
    metric: 'read_sectors_per_second',
    value: 'NA',
    unit: 'sectors/s',
  });
  expect(rows).toContainEqual({ ...head, group: '', device: '', metric: 'made_up', value: 'a,"b"', unit: '' });
  expect(rows).toContainEqual({
    ...head,
    group: 'uptime',
    device: '',
    metric: 'uptime',
    value: '12.5',
    unit: 'seconds',
  });
  expect(rows.filter(({ metric }) => metric === 'user').map(({ unit }) => unit)).toEqual(Array(5).fill('percent'));
  // What a sample does not have makes no row.
  expect(rows.filter(({ device }) => device === 'sda1').map(({ timestamp }) => timestamp)).toEqual([
    head.timestamp,
    head.timestamp,
  ]);
});

test('csv-wide is what pcprocess makes of the same collection, byte for byte', async () => {
  expect((await pcd.pcctl(['export', 'web01', '-o', at('web01.json')])).code).toBe(0);
  expect((await pcd.pcctl(['export', 'web01', '--format', 'csv-wide', '-o', at('wide.csv')])).code).toBe(0);
  const done = spawnSync(bin('pcprocess'), [at('web01.json'), '--outdir', at('csv')], { encoding: 'utf8' });
  expect(done.status).toBe(0);
  expect(readFileSync(at('wide.csv'), 'utf8')).toBe(readFileSync(at('csv/web01.csv'), 'utf8'));
  expect((await pcd.pcctl(['export', 'web01', '--format', 'csv-wide'])).stdout).toBe(
    readFileSync(at('wide.csv'), 'utf8'),
  );
});

test.skipIf(!hasUpstream)('of a real collection both tables have the same values', async () => {
  await pcd.pcctl(['upload', '--identifier', 'real', upstream('azure-cpuinfo/loadtest-cpuinfo.json')]);
  const [long, wide] = await Promise.all(
    ['csv', 'csv-wide'].map(async (format) => rowsOf((await pcd.pcctl(['export', 'real', '--format', format])).stdout)),
  );
  const known = wide?.flatMap(({ timestamp, machine_id, ...values }) =>
    Object.values(values).filter((value) => value !== 'NA'),
  );
  expect(
    long
      ?.filter(({ value }) => value !== 'NA')
      .map(({ value }) => value)
      .toSorted(),
  ).toEqual(known?.toSorted());
  expect(known?.length).toBeGreaterThan(1000);
});

test('--from and --to choose the rows of a table', async () => {
  const { stdout } = await pcd.pcctl([
    'export',
    'web01',
    '--format',
    'csv-wide',
    '--from',
    String(START + 1),
    '--to',
    String(START + 2),
  ]);
  expect(rowsOf(stdout).map(({ timestamp }) => Number(timestamp))).toEqual([START + 1, START + 2]);
});

test('nothing is left behind where a collection is put aside', async () => {
  const temporary = at('tmp');
  mkdirSync(temporary);
  const env = { ...process.env, PCD_HOME: pcd.home, PCCTL_SERVER: pcd.url, TMPDIR: temporary };
  const done = spawnSync(bin('pcctl'), ['export', 'web01', '--format', 'csv-wide'], { env, encoding: 'utf8' });
  expect(done.status).toBe(0);
  expect(readdirSync(temporary)).toEqual([]);
});

test('an unknown format is told with those that are known', async () => {
  const { code, stderr } = await pcd.pcctl(['export', 'web01', '--format', 'xml']);
  expect(code).toBe(2);
  expect(stderr).toContain('"xml" is not known; expected collection, csv, csv-wide');
});
