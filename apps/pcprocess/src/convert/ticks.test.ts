import { join } from 'node:path';
import { expect, test } from 'vitest';
import { raw } from '../layouts/test-layout.ts';
import { header, readCsv, runPcprocess, START, sample, testPlace } from '../test-run.ts';

const place = testPlace();

const stat = (at: number) => raw(START + at, '/proc/stat', `cpu  ${100 + 10 * at} 0 0 ${900 + 90 * at} 0 0 0 0 0 0\n`);
const disks = (at: number, reads: number) =>
  raw(START + at, '/proc/diskstats', `   8       0 sda ${reads} 0 8 0 0 0 0 0 0 0 0\n`);

async function converted(lines: readonly string[], ...argv: string[]): Promise<string> {
  const outdir = place.dir();
  const { code, stderr } = await runPcprocess([place.file('m.json', lines), '--outdir', outdir, ...argv]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return outdir;
}

const straddling = [stat(0), disks(0, 10), stat(5), disks(6, 30), stat(10), disks(10, 50)];

test('a tick of raw lines that has two seconds is one row', async () => {
  const csv = readCsv(join(await converted(straddling), 'm.csv'));
  expect(csv.column('timestamp')).toEqual([0, 5, 10].map((at) => String(START + at)));
  expect(csv.column('cpu_user')).toEqual(['NA', '10', '10']);
  expect(csv.column('disk_sda_reads_per_second')).toEqual(['NA', '4', '4']);
});

test('a kernel file that comes again a second later begins a tick', async () => {
  const lines = [0, 1, 2].flatMap((at) => [stat(at), disks(at, 10 * at)]);
  const csv = readCsv(join(await converted(lines), 'm.csv'));
  expect(csv.column('disk_sda_reads')).toEqual(['0', '10', '20']);
});

test('the layout sar tells each kernel file at its own second, as perfcollector2 does', async () => {
  const outdir = await converted(straddling, '--layout', 'sar');
  expect(readCsv(join(outdir, 'proc/diskstats')).column('#timestamp')).toEqual([6, 10].map((at) => String(START + at)));
  expect(readCsv(join(outdir, 'proc/stat')).column('#timestamp')).toEqual([5, 10].map((at) => String(START + at)));
});

test('missed ticks are told of each table of the layout sar', async () => {
  const fields = (at: number) => ({ cpu_user: at, cpu_nice: 0, cpu_system: 0, cpu_idle: 9 * at });
  const lines = [0, 1, 4].map((seq) => sample(START + 10 * seq, fields(seq), { run: 'r', seq }));
  const outdir = await converted([header('r'), ...lines], '--layout', 'sar');
  expect(readCsv(join(outdir, 'quality.csv')).rows).toContainEqual(
    expect.objectContaining({ table: 'proc/stat', column: '*', from: String(START + 40), reason: 'gap' }),
  );
});
