import { readdirSync } from 'node:fs';
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
  expect(stderr).toContain('--layout: "tall" is not known; expected wide, long, parquet, sar, portal, raw\n');
});
