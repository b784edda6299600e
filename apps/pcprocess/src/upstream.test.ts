import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasUpstream, upstream } from '@perfcollector/testing';
import { describe, expect, test } from 'vitest';
import { CPU_SHARES, type Csv, readCsv, runPcprocess, tablesIn, testPlace } from './test-run.ts';

const place = testPlace();

async function convert(name: string, ...argv: string[]): Promise<Csv> {
  const outdir = place.dir();
  const { code, stderr } = await runPcprocess([upstream(name), '--outdir', outdir, '--identifier', 'm', ...argv]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(tablesIn(outdir)).toEqual(['m.csv']);
  return readCsv(join(outdir, 'm.csv'));
}

/** The texts of one kernel file, by time. */
function textsOf(name: string, subsystem: string): Map<number, string> {
  const lines = readFileSync(upstream(name), 'utf8').trimEnd().split('\n');
  const measured = lines.map(
    (line) => JSON.parse(line) as { timestamp: number; subsystem: string; measurement: string },
  );
  return new Map(measured.filter((one) => one.subsystem === subsystem).map((one) => [one.timestamp, one.measurement]));
}

/** The first line of /proc/stat as numbers: user nice system idle iowait irq softirq steal. */
function ticksOf(text: string): number[] {
  return text.split('\n')[0]?.split(/\s+/).slice(1, 9).map(Number) ?? [];
}

/** Percentages worked out from the recording itself, by another way than the program's. */
function sharesOf(name: string): (number[] | undefined)[] {
  const ticks = [...textsOf(name, '/proc/stat').values()].map(ticksOf);
  return ticks.map((now, at) => {
    const before = ticks[at - 1];
    if (!before) return undefined;
    const deltas = now.map((value, of) => Math.max(value - (before[of] ?? 0), 0));
    const total = deltas.reduce((sum, delta) => sum + delta, 0);
    return deltas.map((delta) => (delta / total) * 100);
  });
}

const hosts: readonly [string, number][] = [
  ['azure-cpuinfo/loadtest-cpuinfo.json', 18],
  ['azure-suse/pcc_collection.json', 132],
];
const containers = 'containers/container_collection.json';

describe.skipIf(!hasUpstream)('what perfcollector2 recorded', () => {
  test.each([...hosts, [containers, 127] as const])('%s becomes %d rows, a row a timestamp', async (name, rows) => {
    const csv = await convert(name);
    expect(csv.rows).toHaveLength(rows);
    const text = readFileSync(upstream(name), 'utf8');
    const times = new Set(Array.from(text.matchAll(/^\{"timestamp":(\d+)/gm), ([, time = '']) => time));
    expect(csv.column('timestamp')).toEqual([...times]);
  });

  test.each(hosts)('of %s the CPU shares sum to 100 in each row that has them: all but the first', async (name) => {
    const csv = await convert(name);
    const sums = csv.rows.map((row) => CPU_SHARES.reduce((sum, stat) => sum + Number(row[`cpu_${stat}`]), 0));
    expect(sums[0]).toBeNaN();
    for (const sum of sums.slice(1)) expect(Math.abs(sum - 100)).toBeLessThan(0.1);
  });

  test.each(hosts)('of %s the CPU shares are those of the recorded ticks', async (name) => {
    const csv = await convert(name);
    for (const [at, shares] of sharesOf(name).entries()) {
      const cells = CPU_SHARES.map((stat) => csv.rows[at]?.[`cpu_${stat}`]);
      if (shares === undefined) expect(new Set(cells)).toEqual(new Set(['NA']));
      else for (const [of, share] of shares.entries()) expect(Number(cells[of])).toBeCloseTo(share, 9);
    }
  });

  test.each(hosts)('of %s memory is what the kernel printed', async (name) => {
    const csv = await convert(name);
    const printed = [...textsOf(name, '/proc/meminfo').values()];
    for (const [kernel, column] of [
      ['MemTotal', 'mem_total'],
      ['MemFree', 'mem_free'],
      ['Cached', 'mem_cached'],
    ] as const)
      expect(csv.column(column)).toEqual(
        printed.map((text) => new RegExp(`^${kernel}: +(\\d+) kB`, 'm').exec(text)?.[1]),
      );
  });

  test.each(hosts)('of %s bytes a second are the recorded bytes by the seconds between', async (name) => {
    const csv = await convert(name);
    const [times, bytes] = [csv.column('timestamp').map(Number), csv.column('net_eth0_rx_bytes').map(Number)];
    const rates = csv.column('net_eth0_rx_bytes_per_second');
    expect(rates[0]).toBe('NA');
    for (const [at, rate] of rates.entries()) {
      if (at === 0) continue;
      const [seconds, moved] = [times, bytes].map((values) => (values[at] ?? 0) - (values[at - 1] ?? 0));
      expect(Number(rate)).toBeCloseTo((moved ?? 0) / (seconds ?? 0), 6);
    }
  });

  test.each(hosts)('nothing in %s is negative', async (name) => {
    const { rows } = await convert(name);
    expect(rows.flatMap((row) => Object.values(row)).filter((cell) => cell.startsWith('-'))).toEqual([]);
  });

  test('CPU use agrees with what perfcollector2 made of the same recording', async () => {
    const csv = await convert('azure-suse/pcc_collection.json');
    const theirs = readCsv(upstream('azure-suse/suse-perf-01_performance.csv'));
    // Their first row is over two intervals, and their user time has the interrupts in it.
    for (const row of theirs.rows.slice(1)) {
      const ours = csv.rows.find(({ timestamp }) => timestamp === row.timestamp);
      for (const name of ['cpu_user', 'cpu_system', 'cpu_idle', 'cpu_iowait', 'cpu_steal'])
        expect(Math.abs(Number(ours?.[name]) - Number(row[name]))).toBeLessThan(0.5);
      expect(ours?.mem_free).toBe(row.mem_free_kb);
    }
    expect(theirs.rows).toHaveLength(130);
  });

  test('containers have their own columns, with their names as perfcollector2 has them', async () => {
    const csv = await convert(containers);
    const theirs = readCsv(upstream('containers/containers.csv'));
    const ids = new Set(theirs.column('container_id').map((id) => id.slice(0, 12)));
    expect(ids.size).toBe(3);
    for (const row of theirs.rows) {
      const column = `container_${row.container_id?.slice(0, 12)}_memory_current`;
      const ours = csv.rows.find(({ timestamp }) => timestamp === row.timestamp);
      expect(ours?.[column]).toBe(row.memory_current_bytes);
    }
  });

  test('a recording in pieces, named in any order, gives the CSV of the whole', async () => {
    const [name] = ['azure-cpuinfo/loadtest-cpuinfo.json'];
    const lines = readFileSync(upstream(name), 'utf8').trimEnd().split('\n');
    const pieces = [lines.slice(0, 36), lines.slice(36, 72), lines.slice(72)].map((part) => place.file('p.json', part));
    const [whole, inOrder, reversed] = [place.dir(), place.dir(), place.dir()];
    const identifier = ['--identifier', 'm', '--outdir'];
    await runPcprocess([upstream(name), ...identifier, whole]);
    await runPcprocess([...pieces, ...identifier, inOrder]);
    await runPcprocess([...pieces.toReversed(), ...identifier, reversed]);
    const csv = readFileSync(join(whole, 'm.csv'), 'utf8');
    expect(csv.split('\n')).toHaveLength(20);
    expect(readFileSync(join(inOrder, 'm.csv'), 'utf8')).toBe(csv);
    expect(readFileSync(join(reversed, 'm.csv'), 'utf8')).toBe(csv);
  });
});
