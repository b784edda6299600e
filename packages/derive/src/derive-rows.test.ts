import type { Sample } from '@perfcollector/collection';
import type { Fields, FieldValue } from '@perfcollector/procfs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wideColumns } from './columns.ts';
import { type Cell, rowDeriver } from './derive-rows.ts';
import { intervalBetween, type RunFacts } from './interval.ts';
import { isNa, na } from './na.ts';

type Row = Record<string, Cell>;

/** A row a sample, its cells by their column's name. */
function rowsOf(samples: readonly Sample[], run: RunFacts = {}): Row[] {
  const columns = wideColumns(new Set(samples.flatMap(({ fields }) => Object.keys(fields))));
  const derive = rowDeriver(columns);
  return samples.map((now, at) => {
    const before = samples[at - 1];
    const cells = derive({ before, now, interval: intervalBetween(before, now, run) });
    expect(cells).toHaveLength(columns.length);
    return Object.fromEntries(columns.map(({ name }, index) => [name, cells[index] ?? na('absent')]));
  });
}

/** The row of the second of two samples, 10 s apart. */
function rowBetween(before: Fields, now: Fields): Row {
  return rowsOf([at(0, before), at(10, now)])[1] ?? {};
}

const at = (seconds: number, fields: Fields): Sample => ({ timestamp: 1704067200 + seconds, fields });

describe('a row', () => {
  test('has the counters as recorded, and their rates a second', () => {
    expect(rowBetween({ disk_sda_reads: 100, stat_ctxt: 5000 }, { disk_sda_reads: 250, stat_ctxt: 5005 })).toEqual({
      disk_sda_reads: 250,
      disk_sda_reads_per_second: 15,
      stat_ctxt: 5005,
      stat_ctxt_per_second: 0.5,
    });
  });

  test('has gauges, labels and unknown fields as recorded', () => {
    const fields = { mem_free: 5, container_0123456789ab_name: 'db', alien: 'x', loadavg_1min: 0.25 };
    expect(rowBetween({ ...fields, mem_free: 9 }, fields)).toEqual(fields);
  });

  test('has CPU time as percentages that sum to 100, guest time beside them', () => {
    const before = { cpu_user: 100, cpu_nice: 7, cpu_system: 100, cpu_idle: 100, cpu_guest: 50 };
    const now = { cpu_user: 350, cpu_nice: 7, cpu_system: 350, cpu_idle: 600, cpu_guest: 150 };
    expect(rowBetween(before, now)).toEqual({ cpu_user: 25, cpu_nice: 0, cpu_system: 25, cpu_idle: 50, cpu_guest: 10 });
  });

  test('has no share of a time whose other parts are missing or no numbers', () => {
    const incomplete = na('incomplete');
    expect(rowBetween({ cpu_user: 1, cpu_system: 1 }, { cpu_user: 4, cpu_system: 3 })).toEqual({
      cpu_user: incomplete,
      cpu_system: incomplete,
    });
    const unreadable = na('unreadable');
    const before = { cpu_user: 1, cpu_nice: 1, cpu_system: 1, cpu_idle: 1, cpu_iowait: 1 };
    expect(rowBetween(before, { ...before, cpu_user: 5, cpu_system: 'banana' })).toEqual({
      cpu_user: unreadable,
      cpu_nice: unreadable,
      cpu_system: unreadable,
      cpu_idle: unreadable,
      cpu_iowait: unreadable,
    });
  });

  test('has each CPU for itself', () => {
    const rest = { cpu0_nice: 0, cpu0_system: 0, cpu1_nice: 0, cpu1_system: 0 };
    const before = { ...rest, cpu0_user: 0, cpu0_idle: 0, cpu1_user: 0, cpu1_idle: 0 };
    expect(rowBetween(before, { ...rest, cpu0_user: 10, cpu0_idle: 30, cpu1_user: 30, cpu1_idle: 10 })).toEqual({
      ...rest,
      cpu0_user: 25,
      cpu0_idle: 75,
      cpu1_user: 75,
      cpu1_idle: 25,
    });
  });

  test('has exact rates of counters above 2^53', () => {
    const row = rowBetween({ net_eth0_rx_bytes: '9007199254740993' }, { net_eth0_rx_bytes: '9007199254741003' });
    expect(row).toEqual({ net_eth0_rx_bytes: '9007199254741003', net_eth0_rx_bytes_per_second: 1 });
  });

  test('has no column and no cell for a sample without fields', () => {
    expect(rowsOf([at(0, {}), at(10, {})])).toEqual([{}, {}]);
  });
});

describe('a cell without a value', () => {
  const fields = { cpu_user: 10, disk_sda_reads: 5, mem_free: 7 };

  test('of the first row is so because it is the first; what is recorded is there', () => {
    expect(rowsOf([at(0, fields)])).toEqual([
      { cpu_user: na('first'), disk_sda_reads: 5, disk_sda_reads_per_second: na('first'), mem_free: 7 },
    ]);
  });

  test('of a field that the sample does not have is absent, in the first row as in any', () => {
    const [first, second] = rowsOf([at(0, {}), at(10, {}), at(20, fields)]);
    const absent = {
      cpu_user: na('absent'),
      disk_sda_reads: na('absent'),
      disk_sda_reads_per_second: na('absent'),
      mem_free: na('absent'),
    };
    expect(first).toEqual(absent);
    expect(second).toEqual(absent);
  });

  test('of a device that was not there before is new', () => {
    expect(rowBetween({}, fields)).toEqual({
      cpu_user: na('new_device'),
      disk_sda_reads: 5,
      disk_sda_reads_per_second: na('new_device'),
      mem_free: 7,
    });
  });

  test.each([
    { reason: 'reset', seconds: 10, uptime: 3 },
    { reason: 'clock_step', seconds: 3600, uptime: 110 },
    { reason: 'clock_step', seconds: 0, uptime: 110 },
    { reason: 'clock_step', seconds: -5, uptime: 110 },
  ] as const)('has the reason of its interval: $reason after $seconds s', ({ reason, seconds, uptime }) => {
    const [, row] = rowsOf([at(0, { ...fields, uptime: 100 }), at(seconds, { ...fields, cpu_user: 30, uptime })]);
    expect(row).toMatchObject({ cpu_user: na(reason), disk_sda_reads_per_second: na(reason), mem_free: 7, uptime });
  });

  test('says that a device was made anew, and tells nothing of other devices', () => {
    const before = { net_eth0_rx_bytes: 900, net_eth0_tx_bytes: 800, net_lo_rx_bytes: 10, stat_ctxt: 50 };
    const now = { net_eth0_rx_bytes: 4, net_eth0_tx_bytes: 2, net_lo_rx_bytes: 30, stat_ctxt: 70 };
    expect(rowBetween(before, now)).toMatchObject({
      net_eth0_rx_bytes_per_second: na('reset'),
      net_eth0_tx_bytes_per_second: na('reset'),
      net_lo_rx_bytes_per_second: 2,
      stat_ctxt_per_second: 2,
    });
  });

  test('tells devices of one name and two kinds apart', () => {
    const before = { disk_x_reads: 90, disk_x_writes: 5, net_x_rx_bytes: 90, net_x_tx_bytes: 5 };
    const now = { disk_x_reads: 10, disk_x_writes: 15, net_x_rx_bytes: 10, net_x_tx_bytes: 25 };
    expect(rowBetween(before, now)).toMatchObject({
      disk_x_reads_per_second: na('wrap'),
      disk_x_writes_per_second: 1,
      net_x_rx_bytes_per_second: na('wrap'),
      net_x_tx_bytes_per_second: 2,
    });
  });

  test('is unwrapped where a counter of 32 bits wrapped, and none where a wider one fell', () => {
    const before = {
      disk_sda_io_ms: 4294967000,
      disk_sda_reads: 10,
      net_eth0_rx_packets: 4294967000,
      net_eth1_rx_bytes: 4294967000,
      stat_ctxt: 9,
    };
    const now = {
      disk_sda_io_ms: 204,
      disk_sda_reads: 20,
      net_eth0_rx_packets: 204,
      net_eth1_rx_bytes: 204,
      stat_ctxt: 8,
    };
    expect(rowBetween(before, now)).toMatchObject({
      disk_sda_io_ms_per_second: 50,
      disk_sda_reads_per_second: 1,
      net_eth0_rx_packets_per_second: 50,
      net_eth1_rx_bytes_per_second: na('wrap'),
      stat_ctxt_per_second: na('reset'),
    });
  });

  test("is absent where only an object's own nature has the name", () => {
    const derive = rowDeriver(wideColumns(['toString', 'constructor']));
    const now = { timestamp: 2, fields: {} };
    expect(derive({ before: undefined, now, interval: na('first') })).toEqual([na('absent'), na('absent')]);
  });

  test('says that a counter was no number', () => {
    expect(rowBetween({ stat_ctxt: 5 }, { stat_ctxt: 'many' })).toEqual({
      stat_ctxt: na('unreadable'),
      stat_ctxt_per_second: na('unreadable'),
    });
  });

  test('says that no tick passed in which CPU time could have moved', () => {
    const still = { cpu_user: 5, cpu_nice: 1, cpu_system: 2, cpu_idle: 7 };
    const tooShort = na('too_short');
    expect(rowBetween(still, still)).toEqual({
      cpu_user: tooShort,
      cpu_nice: tooShort,
      cpu_system: tooShort,
      cpu_idle: tooShort,
    });
  });
});

describe('the rate over missed ticks', () => {
  test('is given: a mean over the longer time', () => {
    const samples = [
      { ...at(0, { stat_ctxt: 0 }), run: 'r', seq: 1 },
      { ...at(40, { stat_ctxt: 80 }), run: 'r', seq: 5 },
    ];
    expect(rowsOf(samples, { interval: 10 })[1]).toEqual({ stat_ctxt: 80, stat_ctxt_per_second: 2 });
  });
});

/** Each counter, and the most that it moves in a second. */
const LIMITS: Record<string, number> = {
  stat_ctxt: 1e6,
  vm_pagefault: 1e6,
  disk_sda_reads: 1e5,
  disk_sda_writes: 1e5,
  disk_sda_io_ms: 1000,
  disk_sda_weighted_io_ms: 1e5,
  net_eth0_rx_bytes: 1e10,
  net_eth0_tx_bytes: 1e10,
  ...ticksOf('cpu'),
  ...ticksOf('cpu0'),
  ...ticksOf('cpu1'),
};
const WRAPS_32 = ['disk_sda_io_ms', 'disk_sda_weighted_io_ms'];

function ticksOf(cpu: string): Record<string, number> {
  const stats = ['user', 'system', 'idle', 'iowait', 'nice', 'irq', 'softirq', 'steal'];
  return Object.fromEntries(stats.map((stat) => [`${cpu}_${stat}`, 100]));
}

interface Host {
  readonly wall: number;
  readonly uptime: number;
  readonly counters: Readonly<Record<string, number>>;
}

/** What can happen to a host between two samples. */
const incidents: Record<string, (host: Host) => Host> = {
  nothing: (host) => host,
  'ticks are missed': (host) => pass(host, { seconds: 290, speed: 50 }),
  'the host boots': (host) => restart({ ...host, wall: host.wall + 60, uptime: 0 }, ''),
  'the disk is made anew': (host) => restart(host, 'disk_sda_'),
  'the interface is made anew': (host) => restart(host, 'net_eth0_'),
  'the disk goes': (host) => remove(host, 'disk_sda_'),
  'a CPU goes off line': (host) => remove(host, 'cpu1_'),
  'what is gone comes back': (host) => ({ ...host, counters: { ...zeros(''), ...host.counters } }),
  'iowait goes back': (host) => ({ ...host, counters: { ...host.counters, cpu0_iowait: 0 } }),
  'the clock is set forward': (host) => ({ ...host, wall: host.wall + 3600 }),
  'the clock is set back': (host) => ({ ...host, wall: host.wall - 3600 }),
};

function zeros(prefix: string): Record<string, number> {
  const names = Object.keys(LIMITS).filter((name) => name.startsWith(prefix));
  return Object.fromEntries(names.map((name) => [name, 0]));
}

function restart(host: Host, prefix: string): Host {
  return { ...host, counters: { ...host.counters, ...zeros(prefix) } };
}

function remove(host: Host, prefix: string): Host {
  const left = Object.entries(host.counters).filter(([name]) => !name.startsWith(prefix));
  return { ...host, counters: Object.fromEntries(left) };
}

/** Time goes by, and every counter moves by some part of its limit. */
function pass({ wall, uptime, counters }: Host, { seconds, speed }: { seconds: number; speed: number }): Host {
  const moved = Object.entries(counters).map(([name, value], index): [string, number] => {
    const share = ((speed * (index + 7)) % 101) / 100;
    const next = value + Math.floor((LIMITS[name] ?? 0) * seconds * share);
    return [name, WRAPS_32.includes(name) ? next % 2 ** 32 : next];
  });
  return { wall: wall + seconds, uptime: uptime + seconds, counters: Object.fromEntries(moved) };
}

const START: Host = {
  wall: 1704067200,
  uptime: 90_000,
  counters: {
    ...Object.fromEntries(Object.keys(LIMITS).map((name) => [name, 1e9])),
    disk_sda_io_ms: 2 ** 32 - 20_000,
    disk_sda_weighted_io_ms: 2 ** 32 - 2_000_000,
  },
};

interface Tick {
  readonly incident: string;
  readonly speed: number;
}

/** The samples of a life. perfcollector2 records no uptime. */
function live(ticks: readonly Tick[], hasUptime: boolean): Sample[] {
  let host = START;
  return ticks.map(({ incident, speed }) => {
    host = pass(incidents[incident]?.(host) ?? host, { seconds: 10, speed });
    return { timestamp: host.wall, fields: { ...host.counters, ...(hasUptime && { uptime: host.uptime }) } };
  });
}

const tick = (incident: fc.Arbitrary<string>) => fc.record({ incident, speed: fc.nat(100) });
const anything = fc.array(tick(fc.constantFrom(...Object.keys(incidents))), { minLength: 2, maxLength: 20 });

describe('whatever happens to a host', () => {
  test('no rate is negative or more than the host can have done', () => {
    fc.assert(
      fc.property(anything, fc.boolean(), (ticks, hasUptime) => {
        for (const row of rowsOf(live(ticks, hasUptime), { interval: 10 })) {
          expect(absurdRates(row)).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('the shares of each CPU sum to 100, or there are none', () => {
    fc.assert(
      fc.property(anything, fc.boolean(), (ticks, hasUptime) => {
        const rows = rowsOf(live(ticks, hasUptime), { interval: 10 });
        for (const cpu of ['cpu', 'cpu0', 'cpu1']) {
          for (const shares of rows.map((row) => sharesOf(row, cpu))) {
            expect(shares.filter((share) => share < 0 || share > 100)).toEqual([]);
            if (shares.length > 0) expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 9);
          }
        }
      }),
    );
  });

  test('what befalls a device tells nothing of the kernel as a whole', () => {
    const some = fc.constantFrom(
      'the disk is made anew',
      'the interface is made anew',
      'the disk goes',
      'iowait goes back',
    );
    fc.assert(
      fc.property(fc.array(tick(some), { minLength: 2, maxLength: 20 }), (ticks) => {
        const [, ...rows] = rowsOf(live(ticks, true));
        expect(rows.filter((row) => isNa(row.stat_ctxt_per_second) || isNa(row.vm_pagefault_per_second))).toEqual([]);
      }),
    );
  });
});

/** Rates that are no number from 0 to the counter's limit. */
function absurdRates(row: Row): [string, Cell][] {
  return Object.entries(row).filter(([name, cell]) => {
    const limit = LIMITS[name.replace(/_per_second$/, '')] ?? 0;
    return name.endsWith('_per_second') && !isNa(cell) && !(Number(cell) >= 0 && Number(cell) <= limit * 1.000001);
  });
}

function sharesOf(row: Row, cpu: string): number[] {
  return Object.keys(ticksOf(cpu)).flatMap((name) => (typeof row[name] === 'number' ? [row[name]] : []));
}

describe('the rates of a quiet host', () => {
  const quiet = fc.array(tick(fc.constantFrom('nothing', 'ticks are missed')), { minLength: 2, maxLength: 30 });

  test('add up to what each counter moved', () => {
    fc.assert(
      fc.property(quiet, (ticks) => {
        const samples = live(ticks, true);
        const rows = rowsOf(samples);
        for (const name of ['stat_ctxt', 'vm_pagefault', 'net_eth0_tx_bytes']) {
          const moved = Number(samples.at(-1)?.fields[name]) - Number(samples[0]?.fields[name]);
          expect(sumOf(rows, samples, `${name}_per_second`) / Math.max(moved, 1)).toBeCloseTo(moved === 0 ? 0 : 1, 9);
        }
      }),
    );
  });

  test('add up to what a 32-bit counter moved, over its wraps', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { minLength: 1, maxLength: 20 }), fc.nat(2 ** 32 - 1), (steps, first) => {
        const totals = [0, ...steps].map((_, index) => steps.slice(0, index).reduce((sum, step) => sum + step, 0));
        const samples = totals.map((total, index) =>
          at(10 * index, { disk_sda_io_ms: (first + total) % 2 ** 32, disk_sda_reads: index }),
        );
        expect(sumOf(rowsOf(samples), samples, 'disk_sda_io_ms_per_second')).toBeCloseTo(totals.at(-1) ?? 0, 6);
      }),
    );
  });
});

/** Rates times the seconds that they are of. */
function sumOf(rows: readonly Row[], samples: readonly Sample[], name: string): number {
  return rows.slice(1).reduce((sum, row, index) => {
    const seconds = (samples[index + 1]?.timestamp ?? 0) - (samples[index]?.timestamp ?? 0);
    return sum + Number(row[name]) * seconds;
  }, 0);
}

describe('two samples of anything', () => {
  const names = ['cpu_user', 'cpu_idle', 'cpu_iowait', 'stat_ctxt', 'disk_sda_reads', 'disk_sda_io_ms'];
  const value: fc.Arbitrary<FieldValue> = fc.oneof(
    fc.maxSafeNat(),
    fc.nat(2 ** 32),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n }).map(String),
    fc.constantFrom('', 'x', '-1', '1e3'),
  );
  const fields = fc.dictionary(fc.constantFrom(...names, 'uptime', 'alien'), value);

  test('give one cell a column: a value or a reason, and never a rate below 0', () => {
    fc.assert(
      fc.property(fields, fields, fc.integer({ min: -5, max: 50 }), (before, now, seconds) => {
        const [, row = {}] = rowsOf([at(0, before), at(seconds, now)]);
        for (const [name, cell] of Object.entries(row)) {
          if (name.endsWith('_per_second')) expect(isNa(cell) || Number(cell) >= 0).toBe(true);
          else if (name.startsWith('cpu_')) expect(isNa(cell) || Number(cell) >= 0).toBe(true);
          else if (isNa(cell)) expect(cell).toEqual(na(now[name] === undefined ? 'absent' : 'unreadable'));
          else expect(cell).toEqual(now[name]);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
