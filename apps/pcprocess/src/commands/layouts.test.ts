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

test('of a line a value, rows and missing values are counted as the file has them', async () => {
  const outdir = place.dir();
  const lines = [sample(START, { mem_free: 1, stat_ctxt: 1 }), sample(START + 10, { stat_ctxt: 2 })];
  const argv = [place.file('c.json', lines), '--layout', 'long', '--outdir', outdir];
  const { stdout } = await runPcprocess(argv);
  const { rows } = readCsv(join(outdir, 'm.long.csv'));
  expect(rows.map(({ metric, value }) => `${metric} ${value}`)).toEqual([
    'ctxt 1',
    'ctxt_per_second NA',
    'free 1',
    'ctxt 2',
    'ctxt_per_second 0.1',
  ]);
  expect(stdout).toBe(`m: 5 rows, 7 columns in ${join(outdir, 'm.long.csv')}\n`);
  const { resources } = JSON.parse(readFileSync(join(outdir, 'datapackage.json'), 'utf8'));
  expect(resources[0]).toMatchObject({ path: 'm.long.csv', rows: 5, na: 1 });
  const longer = JSON.parse((await runPcprocess([...argv, '--interval', '5s', '--json'])).stdout);
  expect(longer.tables[0].files[0].rows).toBe(readCsv(join(outdir, 'm.long.csv')).rows.length);
});

test.each([
  ['--columns', ['--layout', 'raw', '--columns', 'cpu_*']],
  ['--tz', ['--layout', 'raw', '--tz', 'UTC']],
  ['--units bytes', ['--layout', 'sar', '--units', 'bytes']],
  ['--no-rates', ['--layout', 'portal', '--no-rates']],
  ['--disk', ['--disk', 'sda']],
  ['--container-names', ['--layout', 'portal', '--container-names', 'names.json']],
  ['--to raw', ['--to', 'raw', '--layout', 'sar']],
])('%s where it would be passed over is told', async (flag, argv) => {
  const outdir = place.dir();
  const { code, stderr } = await runPcprocess([file(), '--outdir', outdir, ...argv]);
  expect({ code, told: stderr.startsWith(`pcprocess: ${flag} does not go with --layout `) }).toEqual({
    code: 2,
    told: true,
  });
  expect(filesIn(outdir)).toEqual([]);
});

test('--stats without --interval is told', async () => {
  const { code, stderr } = await runPcprocess([file(), '--outdir', place.dir(), '--stats', 'mean,max']);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'pcprocess: --stats tells of intervals\n  Say how long they are with --interval.\n',
  });
});

test.each([['wide'], ['long'], ['parquet']])('%s: names that no column has are told', async (layout) => {
  const argv = [file(), '--outdir', place.dir(), '--layout', layout, '--identifier', 'm', '--columns'];
  const { code, stderr } = await runPcprocess([...argv, 'cpuuser']);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'pcprocess: m: no column is left of it; look at --columns and --exclude\n',
  });
  expect((await runPcprocess([...argv, 'cpu_user'])).code).toBe(0);
});

test('raw lines that are there are replaced with --force alone, and what is interrupted is said to be', async () => {
  const outdir = place.dir();
  const argv = [file(), '--layout', 'raw', '--outdir', outdir, '--identifier', 'm'];
  expect((await runPcprocess(argv)).code).toBe(0);
  expect((await runPcprocess(argv)).stderr).toContain('say --force to replace it');
  expect((await runPcprocess([...argv, '--force'])).code).toBe(0);
  const { code, stderr } = await runPcprocess([...argv, '--force'], { signal: AbortSignal.abort('SIGINT') });
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'pcprocess: interrupted: nothing was written\n' });
});
