import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CPU_SHARES, type Csv, header, readCsv, runPcprocess, START, sample, series, testPlace } from '../test-run.ts';

const place = testPlace();

/** The CSV of the machine `m` in these lines. */
async function convert(lines: readonly string[]): Promise<Csv> {
  const outdir = place.dir();
  const { code, stderr } = await runPcprocess([place.file('c.json', lines), '--outdir', outdir]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return readCsv(join(outdir, 'm.csv'));
}

const shuffled = {
  zzz_unknown: 1,
  mem_free: 2,
  net_eth0_rx_bytes: 3,
  cpu0_user: 1,
  disk_sda_reads: 4,
  cpu_steal: 0,
  cpu_iowait: 5,
  cpu_guest: 0,
  cpu_idle: 6,
  mem_total: 7,
  cpu_system: 8,
  cpu_user: 9,
};

test('the header begins with time, machine and the CPU columns that people look for first', async () => {
  const { columns } = await convert(series(shuffled));
  expect(columns.slice(0, 6)).toEqual(['timestamp', 'machine_id', 'cpu_user', 'cpu_system', 'cpu_idle', 'cpu_iowait']);
  expect(columns.at(-1)).toBe('zzz_unknown');
});

test('the order of columns does not depend on the order of fields', async () => {
  const { columns } = await convert(series(shuffled));
  const reversed = Object.fromEntries(Object.entries(shuffled).reverse());
  expect((await convert(series(reversed))).columns).toEqual(columns);
});

test('memory is in KiB, as recorded', async () => {
  const csv = await convert(series({ mem_total: 16_374_520, mem_free: 1 }, { mem_total: 16_374_520, mem_free: 0 }));
  expect(csv.columns).toEqual(['timestamp', 'machine_id', 'mem_total', 'mem_free']);
  expect(csv.column('mem_total')).toEqual(['16374520', '16374520']);
  expect(csv.column('mem_free')).toEqual(['1', '0']);
});

const counters = {
  disk_sda: [
    'reads',
    'reads_merged',
    'read_sectors',
    'read_ms',
    'writes',
    'writes_merged',
    'write_sectors',
    'write_ms',
  ],
  net_eth0: ['rx_bytes', 'rx_packets', 'rx_errs', 'rx_drop', 'tx_bytes', 'tx_packets', 'tx_errs', 'tx_drop'],
};
const counterNames = Object.entries(counters).flatMap(([device, stats]) => stats.map((stat) => `${device}_${stat}`));

test('each counter of a disk or an interface is shown as recorded, with its rate right beside it', async () => {
  const at = (tick: number) => Object.fromEntries(counterNames.map((name, of) => [name, 1000 + tick * 5 * (of + 1)]));
  const csv = await convert(series(at(0), at(1), at(2)));
  for (const [of, name] of counterNames.entries()) {
    expect(csv.columns[csv.columns.indexOf(name) + 1]).toBe(`${name}_per_second`);
    expect(csv.column(name)).toEqual([0, 1, 2].map((tick) => String(at(tick)[name])));
    const rate = String((5 * (of + 1)) / 10);
    expect(csv.column(`${name}_per_second`)).toEqual(['NA', rate, rate]);
  }
});

test('what is no counter has no rate', async () => {
  const { columns } = await convert(series({ disk_sda_in_flight: 1, mem_free: 1, loadavg_1min: 0.5, zzz: 1 }));
  expect(columns.filter((name) => name.endsWith('_per_second'))).toEqual([]);
  expect(columns).toHaveLength(6);
});

test('a rate is by the time that passed, to the millisecond', async () => {
  const csv = await convert([
    sample(START, { disk_sda_reads: 0 }),
    sample(START + 0.25, { disk_sda_reads: 1 }),
    sample(START + 20.25, { disk_sda_reads: 3 }),
  ]);
  expect(csv.column('timestamp')).toEqual(['1767982248', '1767982248.25', '1767982268.25']);
  expect(csv.column('disk_sda_reads_per_second')).toEqual(['NA', '4', '0.1']);
});

test('a device that appears late has its columns from the first row on, NA before', async () => {
  const csv = await convert(
    series(
      { disk_sda_reads: 1 },
      { disk_sda_reads: 2 },
      { disk_sda_reads: 3, disk_sdb_reads: 100, net_usb0_rx_bytes: 5 },
      { disk_sda_reads: 4, disk_sdb_reads: 150, net_usb0_rx_bytes: 5 },
      { disk_sda_reads: 5 },
    ),
  );
  expect(csv.column('disk_sda_reads_per_second')).toEqual(['NA', '0.1', '0.1', '0.1', '0.1']);
  expect(csv.column('disk_sdb_reads')).toEqual(['NA', 'NA', '100', '150', 'NA']);
  expect(csv.column('disk_sdb_reads_per_second')).toEqual(['NA', 'NA', 'NA', '5', 'NA']);
  expect(csv.column('net_usb0_rx_bytes_per_second')).toEqual(['NA', 'NA', 'NA', '0', 'NA']);
});

test('a device that comes back under its name is not counted over the time it was away', async () => {
  const csv = await convert(series({ disk_sdb_reads: 10 }, { a: 1 }, { disk_sdb_reads: 20 }, { disk_sdb_reads: 30 }));
  expect(csv.column('disk_sdb_reads_per_second')).toEqual(['NA', 'NA', 'NA', '1']);
});

test('what is absent is NA and never 0', async () => {
  const csv = await convert(series({ mem_free: 0 }, { mem_total: 5 }));
  expect(csv.column('mem_free')).toEqual(['0', 'NA']);
  expect(csv.column('mem_total')).toEqual(['NA', '5']);
});

test('values above 2^53 are exact, and so are their rates', async () => {
  const csv = await convert(
    series(
      { net_eth0_rx_bytes: '9007199254740993', disk_sda_reads: '18446744073709551605' },
      { net_eth0_rx_bytes: '9007199254741003', disk_sda_reads: '18446744073709551615' },
    ),
  );
  expect(csv.column('net_eth0_rx_bytes')).toEqual(['9007199254740993', '9007199254741003']);
  expect(csv.column('disk_sda_reads')).toEqual(['18446744073709551605', '18446744073709551615']);
  expect(csv.column('net_eth0_rx_bytes_per_second')).toEqual(['NA', '1']);
  expect(csv.column('disk_sda_reads_per_second')).toEqual(['NA', '1']);
});

test('a counter that grows over 2^53 goes on', async () => {
  const csv = await convert(
    series({ net_eth0_rx_bytes: 9_007_199_254_740_991 }, { net_eth0_rx_bytes: '9007199254741001' }),
  );
  expect(csv.column('net_eth0_rx_bytes_per_second')).toEqual(['NA', '1']);
});

/** Ticks of each kind of CPU time, in the order of CPU_SHARES. */
const cpu = (...ticks: number[]) => Object.fromEntries(CPU_SHARES.map((stat, at) => [`cpu_${stat}`, ticks[at] ?? 0]));

test('CPU columns are percentages of the interval', async () => {
  const csv = await convert(series(cpu(1000, 0, 50, 5000, 10), cpu(1025, 0, 60, 5060, 15)));
  expect(CPU_SHARES.map((stat) => csv.column(`cpu_${stat}`))).toEqual(
    [25, 0, 10, 60, 5, 0, 0, 0].map((share) => ['NA', String(share)]),
  );
});

test('guest time is inside user and never added again', async () => {
  const csv = await convert(
    series(
      { ...cpu(0, 0, 0, 0), cpu_guest: 0, cpu_guest_nice: 0 },
      { ...cpu(60, 0, 0, 40), cpu_guest: 30, cpu_guest_nice: 0 },
    ),
  );
  expect([csv.column('cpu_user')[1], csv.column('cpu_idle')[1], csv.column('cpu_guest')[1]]).toEqual([
    '60',
    '40',
    '30',
  ]);
});

function sharesOf(csv: Csv, row: number): number[] {
  return CPU_SHARES.map((stat) => Number(csv.column(`cpu_${stat}`)[row]));
}

test('the eight CPU shares of a row sum to 100, whatever was counted', async () => {
  const deltas = fc.array(fc.array(fc.nat({ max: 100_000 }), { minLength: 8, maxLength: 8 }), {
    minLength: 1,
    maxLength: 5,
  });
  const law = fc.asyncProperty(deltas, async (steps) => {
    let now = Array<number>(8).fill(1000);
    const ticks = steps.map((step) => {
      now = now.map((ticks, at) => ticks + (step[at] ?? 0));
      return cpu(...now);
    });
    const csv = await convert(series(cpu(...Array<number>(8).fill(1000)), ...ticks));
    for (const [at, step] of steps.entries()) {
      const isStill = step.every((delta) => delta === 0);
      if (isStill) expect(csv.column('cpu_user')[at + 1]).toBe('NA');
      else expect(Math.abs(sharesOf(csv, at + 1).reduce((sum, share) => sum + share, 0) - 100)).toBeLessThan(0.1);
    }
  });
  await fc.assert(law, { numRuns: 30 });
});

test('a reboot in the middle gives NA in its row, nothing negative, and goes on behind it', async () => {
  const tick = (uptime: number, ticks: number, reads: number) => ({
    ...cpu(ticks, 0, 0, ticks),
    uptime,
    disk_sda_reads: reads,
    net_eth0_rx_bytes: reads,
    vm_pagefault: reads,
  });
  const csv = await convert(series(tick(5000, 9000, 700), tick(5010, 9500, 800), tick(5, 10, 3), tick(15, 60, 13)));
  for (const name of ['disk_sda_reads_per_second', 'net_eth0_rx_bytes_per_second', 'vm_pagefault_per_second'])
    expect(csv.column(name)).toEqual(['NA', '10', 'NA', '1']);
  expect(csv.column('cpu_user')).toEqual(['NA', '50', 'NA', '50']);
  expect(csv.column('disk_sda_reads')).toEqual(['700', '800', '3', '13']);
  expect(csv.rows.flatMap((row) => Object.values(row)).filter((cell) => cell.startsWith('-'))).toEqual([]);
});

test('a reboot is seen between two runs, too, and without a boot clock', async () => {
  const tick = (reads: number) => ({ ...cpu(reads, 0, reads, reads), disk_sda_reads: reads, disk_sda_writes: reads });
  const of = (run: string) => (reads: number, seq: number) =>
    sample(START + (run === 'b' ? 100 : 0) + 10 * seq, tick(reads), { run, seq });
  const csv = await convert([header('a'), ...[700, 800].map(of('a')), header('b'), ...[3, 13].map(of('b'))]);
  expect(csv.column('disk_sda_reads_per_second')).toEqual(['NA', '10', 'NA', '1']);
  expect(csv.column('cpu_user')[2]).toBe('NA');
  expect(csv.rows.flatMap((row) => Object.values(row)).filter((cell) => cell.startsWith('-'))).toEqual([]);
});

test('one sample is one row: what was recorded is there, what is derived is NA', async () => {
  const csv = await convert(series({ ...cpu(1, 2, 3, 4), mem_free: 7, disk_sda_reads: 8 }));
  expect(csv.rows).toHaveLength(1);
  expect(csv.rows[0]).toMatchObject({ timestamp: '1767982248', machine_id: 'm', mem_free: '7', disk_sda_reads: '8' });
  expect(csv.rows[0]).toMatchObject({ cpu_user: 'NA', cpu_idle: 'NA', disk_sda_reads_per_second: 'NA' });
});

test('a sample that is there twice is one row', async () => {
  const lines = series({ disk_sda_reads: 0 }, { disk_sda_reads: 10 }, { disk_sda_reads: 20 });
  const outdir = place.dir();
  const twice = place.file(
    'c.json',
    lines.flatMap((line) => [line, line]),
  );
  const { stdout } = await runPcprocess([twice, '--outdir', outdir]);
  expect(stdout).toContain('(3 duplicates left out)');
  const csv = readCsv(join(outdir, 'm.csv'));
  expect(csv.column('disk_sda_reads_per_second')).toEqual(['NA', '1', '1']);
});

test('two samples of one time with different fields are one row with all of them', async () => {
  const csv = await convert([sample(START, { mem_total: 2 }), sample(START, { mem_free: 1 })]);
  expect(csv.rows).toEqual([{ timestamp: String(START), machine_id: 'm', mem_total: '2', mem_free: '1' }]);
});

test('events and headers make no rows', async () => {
  const event = JSON.stringify({ timestamp: START + 5, event: 'deploy 42' });
  const [first = '', second = ''] = series({ disk_sda_reads: 0 }, { disk_sda_reads: 10 });
  const csv = await convert([header('r'), first, event, second]);
  expect(csv.column('disk_sda_reads_per_second')).toEqual(['NA', '1']);
});

const awkward = [
  'a,b',
  'say "hi"',
  'two\nlines',
  'tab\there',
  ' blanks ',
  "it's",
  '',
  ';',
  '"',
  '",\n"',
  '日本',
  '#x',
  '=1+1',
];

test('labels with commas, quotes and line feeds come back as they were', async () => {
  const csv = await convert(series(...awkward.map((label) => ({ zzz_label: label, zzz_after: 1 }))));
  expect(csv.column('zzz_label')).toEqual(awkward);
  expect(new Set(csv.column('zzz_after'))).toEqual(new Set(['1']));
});

test('any label comes back as it was', async () => {
  const labels = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 20 });
  const law = fc.asyncProperty(labels, async (values) => {
    const csv = await convert(series(...values.map((label) => ({ zzz_label: label }))));
    expect(csv.column('zzz_label')).toEqual(values);
  });
  await fc.assert(law, { numRuns: 50 });
});

test('devices are in natural order', async () => {
  const fields = ['cpu10_user', 'cpu2_user', 'disk_sda10_in_flight', 'disk_sda2_in_flight', 'disk_sda_in_flight'];
  const { columns } = await convert(series(Object.fromEntries(fields.map((name) => [name, 0]))));
  expect(columns.filter((name) => name.startsWith('cpu'))).toEqual(['cpu2_user', 'cpu10_user']);
  expect(columns.filter((name) => name.startsWith('disk'))).toEqual([
    'disk_sda_in_flight',
    'disk_sda2_in_flight',
    'disk_sda10_in_flight',
  ]);
});
