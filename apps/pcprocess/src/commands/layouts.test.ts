import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { raw } from '../layouts/test-layout.ts';
import { readCsv, runPcprocess, START, sample, testPlace } from '../test-run.ts';

const place = testPlace();
const DESCRIPTIONS = ['datapackage.json', 'quality.csv'];
const filesIn = (path: string) =>
  readdirSync(path, { recursive: true })
    .map(String)
    .filter((name) => !DESCRIPTIONS.includes(name))
    .sort();
const file = () => {
  const container = { container_id: 'c699f0b00fb804', cpu_usage_usec: 0, runtime: 'docker' };
  const fields = { cpu_user: 1, cpu_nice: 1, cpu_system: 1, cpu_idle: 1, mem_total: 4, mem_free: 2, mem_buffers: 0 };
  return place.file('c.json', [
    raw(START, 'container/docker/c699f0b00fb8', JSON.stringify(container)),
    sample(START, { ...fields, disk_sda_reads: 1 }),
    sample(START + 10, { ...fields, cpu_idle: 101, disk_sda_reads: 2 }),
  ]);
};

test("--layout sar writes perfcollector2's files, with the names of containers", async () => {
  const outdir = place.dir();
  const names = place.file('names.json', '{"c699f0b00fb8": "web"}');
  const argv = [file(), '--layout', 'sar', '--outdir', outdir, '--identifier', 'm', '--container-names', names];
  const { code, stdout, stderr } = await runPcprocess(argv);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(`m: 2 rows, 44 columns in 4 files in ${outdir}\n`);
  const files = ['containers.csv', 'proc', 'proc/diskstats', 'proc/meminfo', 'proc/stat'];
  expect(filesIn(outdir)).toEqual(files);
  expect(readCsv(join(outdir, 'containers.csv')).column('container_name')).toEqual(['web']);
});

test('--layout portal writes a file a machine; a disk that is not there is told, and nothing stays', async () => {
  const outdir = place.dir();
  const argv = [file(), '--layout', 'portal', '--outdir', outdir, '--identifier', 'm'];
  const wrong = await runPcprocess([...argv, '--disk', 'sdb']);
  expect(wrong).toEqual({ code: 1, stdout: '', stderr: 'pcprocess: the collection has no disk sdb\n  It has sda.\n' });
  expect(filesIn(outdir)).toEqual([]);
  expect((await runPcprocess(argv)).code).toBe(0);
  expect(filesIn(outdir)).toEqual(['m_performance.csv']);
});

test('a layout that there is not is exit code 2', async () => {
  const { code, stderr } = await runPcprocess([file(), '--layout', 'tall']);
  expect(code).toBe(2);
  expect(stderr).toContain('--layout: "tall" is not known; expected wide, long, parquet, sar, portal');
});

test('what is described is what is there, and quality.csv says why values are missing', async () => {
  const outdir = place.dir();
  expect((await runPcprocess([file(), '--layout', 'sar', '--outdir', outdir, '--identifier', 'm'])).code).toBe(0);
  const { resources } = JSON.parse(readFileSync(join(outdir, 'datapackage.json'), 'utf8'));
  const described = new Map<string, { schema: { missingValues: string[]; fields: { name: string }[] } }>(
    resources.map((one: { path: string }) => [one.path, one]),
  );
  for (const path of ['proc/stat', 'proc/meminfo', 'proc/diskstats', 'containers.csv']) {
    const { missingValues, fields } = described.get(path)?.schema ?? {};
    expect(fields?.map(({ name }) => name)).toEqual(readCsv(join(outdir, path)).columns);
    expect(missingValues).toEqual([path === 'containers.csv' ? '' : 'NA']);
  }
  const told = readCsv(join(outdir, 'quality.csv')).rows.map(
    ({ table, column, device, reason }) => `${table} ${column} ${device} ${reason}`,
  );
  expect(told).toContain('proc/diskstats dtps sda absent');
  expect(told).toContain('proc/stat * -1 first');
  expect(told).toContain('containers.csv cpu_percent c699f0b00fb8 first');
});

test('what is missing for a while is one line of quality.csv', async () => {
  const outdir = place.dir();
  const lines = [0, 1, 2, 3, 4].map((at) => {
    const available = at === 3 ? { mem_available: 1 } : {};
    return sample(START + at, { mem_total: 4, mem_free: 2, mem_buffers: 0, mem_cached: 1, ...available });
  });
  await runPcprocess([place.file('c.json', lines), '--layout', 'sar', '--outdir', outdir]);
  const rows = readCsv(join(outdir, 'quality.csv')).rows.filter(({ column }) => column === 'kbavail');
  expect(rows.map(({ from, to, rows: count }) => [from, to, count])).toEqual([
    [String(START + 1), String(START + 2), '2'],
    [String(START + 4), String(START + 4), '1'],
  ]);
});

test.each(['--columns', '--exclude', '--tz', '--interval'])('%s does not go with it', async (flag) => {
  const value = { '--tz': 'UTC', '--interval': '1m' }[flag] ?? 'x';
  const { code, stderr } = await runPcprocess([file(), '--layout', 'portal', flag, value]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `pcprocess: ${flag} does not go with --layout portal\n  Leave one of them out.\n`,
  });
});

test('bad lines, disorder and pieces cost only what is bad', async () => {
  const [whole, pieces] = [place.dir(), place.dir()];
  const tick = (at: number) =>
    sample(START + at, { disk_sda_reads: at * at, mem_total: 4, mem_free: at }, { run: 'r', seq: at });
  const lines = Array.from({ length: 9 }, (_, at) => tick(at));
  await runPcprocess([place.file('c.json', lines), '--layout', 'sar', '--outdir', whole]);
  const bad = `{"timestamp":${START},"run":"r","seq":99,"tags":{"machine_id":"m"},"fields":{"a":null}}`;
  const files = [lines.slice(5).toReversed(), [...lines.slice(0, 5), bad]].map((some) => place.file('p.json', some));
  const { code, stderr } = await runPcprocess([...files, '--layout', 'sar', '--outdir', pieces]);
  expect(code).toBe(1);
  expect(stderr).toContain('p.json: line 6 was left out: field "a" is null');
  for (const path of ['proc/diskstats', 'proc/meminfo'])
    expect(readFileSync(join(pieces, path), 'utf8')).toBe(readFileSync(join(whole, path), 'utf8'));
});
