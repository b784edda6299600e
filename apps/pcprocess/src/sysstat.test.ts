import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CPU_SHARES, readCsv, runPcprocess, testPlace } from './test-run.ts';
import { Series } from './test-series.ts';
import { hasSysstat, type Recording, recordBesideSadc, type SarStatistics } from './test-sysstat.ts';

const place = testPlace();

/** Without sysstat these tests are skipped at a developer's desk, and fail in CI. */
const isSkipped = !hasSysstat && !process.env.CI;

/** What both say of one of sar's intervals. */
interface Pair {
  readonly seconds: number;
  readonly ours: number;
  readonly theirs: number;
}

describe.skipIf(isSkipped)('sar says the same of a minute of load', () => {
  let recording: Recording;
  let series: Series;
  beforeAll(async () => {
    recording = await recordBesideSadc(place.dir());
    const outdir = place.dir();
    const { code, stderr } = await runPcprocess([recording.collection, '--outdir', outdir]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    series = new Series(readCsv(join(outdir, 'm.csv')));
  }, 180_000);

  const pairs = (column: string, pick: (said: SarStatistics) => number): Pair[] =>
    recording.sar.map(({ from, to, statistics }) => ({
      seconds: to - from,
      ours: series.mean(column, { from, to }),
      theirs: pick(statistics),
    }));

  test('CPU shares: within 2 points in the middle second, and 1 point over the minute', () => {
    for (const stat of CPU_SHARES) {
      const both = pairs(`cpu_${stat}`, (said) => cpuShare(said, 'all', stat));
      expect(middle(both.map(({ ours, theirs }) => Math.abs(ours - theirs))), stat).toBeLessThanOrEqual(2);
      expect(Math.abs(mean(both, 'ours') - mean(both, 'theirs')), stat).toBeLessThanOrEqual(1);
    }
    expect(
      mean(
        pairs('cpu_idle', () => 0),
        'ours',
      ),
    ).toBeLessThan(95); // the load is seen
  });

  test('shares of each CPU: within 1 point over the minute', () => {
    const cpus = recording.sar[0]?.statistics['cpu-load'].map(({ cpu }) => cpu).filter((cpu) => cpu !== 'all') ?? [];
    expect(cpus.length).toBeGreaterThan(0);
    for (const cpu of cpus) {
      for (const stat of CPU_SHARES) {
        const both = pairs(`cpu${cpu}_${stat}`, (said) => cpuShare(said, cpu, stat));
        expect(Math.abs(mean(both, 'ours') - mean(both, 'theirs')), `${cpu} ${stat}`).toBeLessThanOrEqual(1);
      }
    }
  });

  const sarTotal = (pick: (said: SarStatistics) => number) =>
    recording.sar.reduce((sum, { from, to, statistics }) => sum + pick(statistics) * (to - from), 0);

  /** Both over the minute, within 2 %. Several columns are added up. */
  function expectSameTotal(columns: readonly string[], pick: (said: SarStatistics) => number): void {
    const ours = columns.reduce((sum, column) => sum + total(pairs(column, pick), 'ours'), 0);
    const theirs = sarTotal(pick);
    expect(theirs, `sar's total of ${columns}`).toBeGreaterThan(0);
    expect(Math.abs(ours / theirs - 1), `${columns}: ${ours} of ${theirs}`).toBeLessThan(0.02);
  }

  test('disks: bytes and requests within 2 %', () => {
    // Those that the load was written to: of one that did next to nothing, a request more is more than 2 %.
    const sectors = (0.9 * recording.load.written) / 512;
    const loaded = disksOf(recording.sar[0]?.statistics)
      .filter((name) => series.has(`disk_${name}_write_sectors_per_second`))
      .filter((name) => sarTotal((said) => diskOf(said, name).wr_sec) > sectors);
    expect(loaded.length).toBeGreaterThan(0);
    for (const name of loaded) {
      const rates = (...stats: readonly string[]) => stats.map((stat) => `disk_${name}_${stat}_per_second`);
      const requests = rates('reads', 'writes', 'discards').filter((column) => series.has(column)); // the last since 4.18
      expectSameTotal(rates('write_sectors'), (said) => diskOf(said, name).wr_sec);
      expectSameTotal(rates('read_sectors'), (said) => diskOf(said, name).rd_sec);
      expectSameTotal(requests, (said) => diskOf(said, name).tps);
    }
  });

  test('network: bytes and packets of the loopback within 2 %', () => {
    expect(sarTotal((said) => interfaceOf(said, 'lo').rxkB * 1024)).toBeGreaterThan(0.98 * recording.load.sent);
    expectSameTotal(['net_lo_rx_bytes_per_second'], (said) => interfaceOf(said, 'lo').rxkB * 1024);
    expectSameTotal(['net_lo_tx_bytes_per_second'], (said) => interfaceOf(said, 'lo').txkB * 1024);
    expectSameTotal(['net_lo_rx_packets_per_second'], (said) => interfaceOf(said, 'lo').rxpck);
    expectSameTotal(['net_lo_tx_packets_per_second'], (said) => interfaceOf(said, 'lo').txpck);
  });

  test('paging and context switches within 2 %', () => {
    expectSameTotal(['vm_pgpgin_per_second'], ({ paging }) => paging.pgpgin);
    expectSameTotal(['vm_pgpgout_per_second'], ({ paging }) => paging.pgpgout);
    expectSameTotal(['vm_pagefault_per_second'], ({ paging }) => paging.fault);
    expectSameTotal(['stat_ctxt_per_second'], (said) => said['process-and-context-switch'].cswch);
  });

  test('memory: what is available, within 1 % in the middle second', () => {
    const apart = recording.sar.map(({ to, statistics: { memory } }) =>
      Math.abs(series.at('mem_available', to) / memory.avail - 1),
    );
    expect(middle(apart)).toBeLessThan(0.01);
    const ours = recording.sar.map(({ to }) => series.at('mem_available', to));
    expect(Math.max(...ours) - Math.min(...ours)).toBeGreaterThan(100 * 1024); // the load is seen
  });
});

function disksOf(said: SarStatistics | undefined): string[] {
  return said?.disk?.map((disk) => disk['disk-device']) ?? [];
}

function diskOf({ disk }: SarStatistics, wanted: string) {
  return known(
    disk?.find((one) => one['disk-device'] === wanted),
    wanted,
  );
}

function interfaceOf({ network }: SarStatistics, wanted: string) {
  return known(
    network['net-dev'].find(({ iface }) => iface === wanted),
    wanted,
  );
}

function known<T>(said: T | undefined, name: string): T {
  if (said === undefined) throw new Error(`sar does not tell of ${name}`);
  return said;
}

/** For the kernel a guest's time is a part of user and nice; sar takes it out of them. */
function cpuShare({ 'cpu-load': load }: SarStatistics, wanted: string, stat: string): number {
  const said = known(
    load.find(({ cpu }) => cpu === wanted),
    `CPU ${wanted}`,
  );
  const { usr, guest, nice, gnice, sys, idle, iowait, irq, soft, steal } = said;
  const shares = { user: usr + guest, nice: nice + gnice, system: sys, idle, iowait, irq, softirq: soft, steal };
  return shares[stat as keyof typeof shares];
}

function mean(both: readonly Pair[], side: 'ours' | 'theirs'): number {
  return total(both, side) / both.reduce((sum, { seconds }) => sum + seconds, 0);
}

function total(both: readonly Pair[], side: 'ours' | 'theirs'): number {
  return both.reduce((sum, pair) => sum + pair[side] * pair.seconds, 0);
}

function middle(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
