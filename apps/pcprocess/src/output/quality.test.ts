import { join } from 'node:path';
import { expect, test } from 'vitest';
import { header, readCsv, runPcprocess, START, sample, testPlace } from '../test-run.ts';

const place = testPlace();

/** The ranges of `quality.csv`, without table and machine. */
async function ranges(lines: readonly string[]): Promise<string[]> {
  const outdir = place.dir();
  const { code } = await runPcprocess([place.file('c.json', lines), '--outdir', outdir]);
  expect(code).toBe(0);
  const { rows } = readCsv(join(outdir, 'quality.csv'));
  for (const row of rows) expect(row).toMatchObject({ table: 'm.csv', machine_id: 'm' });
  return rows.map(({ column, from, to, rows: count, reason }) =>
    [column, Number(from) - START, Number(to) - START, count, reason].join(' '),
  );
}

const at = (seq: number, fields: Record<string, number>) =>
  sample(START + 10 * seq, { uptime: 1000 + 10 * seq, ...fields }, { run: 'r', seq });
const head = header('r');

test('each value that does not exist is in a range with its reason', async () => {
  const lines = [
    head,
    at(0, { disk_sda_reads: 100 }),
    at(1, { disk_sda_reads: 110 }),
    at(2, { disk_sda_reads: 5 }),
    at(3, {}),
    at(4, {}),
    at(5, { disk_sda_reads: 7 }),
  ];
  expect(await ranges(lines)).toEqual([
    'disk_sda_reads_per_second 0 0 1 first',
    'disk_sda_reads_per_second 20 20 1 wrap',
    'disk_sda_reads 30 40 2 absent',
    'disk_sda_reads_per_second 30 40 2 absent',
    'disk_sda_reads_per_second 50 50 1 new_device',
  ]);
});

test('a rate over missed ticks is told, and is there', async () => {
  expect(
    await ranges([head, at(0, { disk_sda_reads: 1 }), at(1, { disk_sda_reads: 2 }), at(4, { disk_sda_reads: 5 })]),
  ).toEqual(['disk_sda_reads_per_second 0 0 1 first', '* 40 40 1 gap']);
});

test('a clock that was set, a reboot, and a word for a number are told as what they are', async () => {
  const step = sample(START + 100, { uptime: 1020, disk_sda_reads: 3 }, { run: 'r', seq: 2 });
  const boot = sample(START + 110, { uptime: 5, disk_sda_reads: 3 }, { run: 'r', seq: 3 });
  const word = sample(START + 120, { uptime: 15, disk_sda_reads: 'x' }, { run: 'r', seq: 4 });
  expect(await ranges([head, at(0, { disk_sda_reads: 1 }), at(1, { disk_sda_reads: 2 }), step, boot, word])).toEqual([
    'disk_sda_reads_per_second 0 0 1 first',
    'disk_sda_reads_per_second 100 100 1 clock_step',
    'disk_sda_reads_per_second 110 110 1 reset',
    'disk_sda_reads 120 120 1 unreadable',
    'disk_sda_reads_per_second 120 120 1 unreadable',
  ]);
});
