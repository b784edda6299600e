import { type Size, widthOf } from '@perfcollector/cli/screen';
import type { Fields } from '@perfcollector/procfs';
import { describe, expect, test } from 'vitest';
import { liveDerivation } from '../live/derived.ts';
import { SHOWN_GROUPS } from './tables.ts';
import { type Frame, view } from './view.ts';

const host = { hostname: 'web01', kernel: '6.1.0-26-amd64', clock_ticks: 100 };
const NOON = 1_767_960_000;

/** A frame two seconds after `before`. */
function frame(before: Fields, now: Fields, change: Partial<Frame> = {}): Frame {
  const derive = liveDerivation({ run: {}, groups: SHOWN_GROUPS });
  derive({ timestamp: NOON, fields: before });
  const derived = derive({ timestamp: NOON + 2, fields: now });
  return { host, derived, interval: 2000, sort: 'cpu', status: 'keys', ...change };
}

const textOf = (one: Frame, size: Size) => view(one, size).map(({ text }) => text);
const unlimited = { columns: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY };

function cpuFields(cpu: string, [user, idle]: readonly [number, number]): Fields {
  const ticks = { user, nice: 0, system: 0, idle, iowait: 0, irq: 0, softirq: 0, steal: 0 };
  return Object.fromEntries(Object.entries(ticks).map(([stat, value]) => [`cpu${cpu}_${stat}`, value]));
}

function cpus(count: number, busy: (cpu: number) => number): Fields {
  const each = Array.from({ length: count }, (_, cpu) => cpuFields(String(cpu), [busy(cpu), 200 - busy(cpu)]));
  return Object.assign({}, cpuFields('', [count, 199 * count]), ...each);
}

const zero = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, typeof value === 'number' ? 0 : value]));

const disk = (name: string, values: Fields): Fields =>
  Object.fromEntries(Object.entries(values).map(([stat, value]) => [`disk_${name}_${stat}`, value]));

const processOf = (id: string, values: Fields): Fields =>
  Object.fromEntries(Object.entries(values).map(([stat, value]) => [`process_${id}_${stat}`, value]));

describe('a frame', () => {
  test('has every table of a host in 80 columns and 24 lines', () => {
    const gauges = {
      uptime: 1_047_600,
      loadavg_1min: 0.52,
      loadavg_5min: 0.4,
      loadavg_15min: 0.3,
      ...{ mem_total: 16_000_000, mem_free: 1_000_000, mem_available: 12_000_000, mem_buffers: 500_000 },
      ...{ mem_cached: 9_000_000, mem_swap_total: 2_000_000, mem_swap_free: 1_500_000 },
      ...{ pressure_cpu_some_avg10: 1.25, pressure_cpu_full_avg10: 0, pressure_irq_full_avg10: 0.1 },
      ...{ 'fs_/_block_size': 4096, 'fs_/_blocks_total': 1000, 'fs_/_blocks_free': 400, 'fs_/_blocks_available': 200 },
    };
    const counters = {
      ...cpus(2, (cpu) => 50 * cpu),
      ...disk('sda', { reads: 20, read_sectors: 8000, read_ms: 30, writes: 180, write_sectors: 4000, write_ms: 170 }),
      ...disk('sda', { io_ms: 500, weighted_io_ms: 3000 }),
      ...disk('sda1', { reads: 20, read_sectors: 8000, read_ms: 30, writes: 180, write_sectors: 4000, write_ms: 170 }),
      ...{
        net_eth0_rx_bytes: 5_000_000,
        net_eth0_tx_bytes: 100_000,
        net_eth0_rx_packets: 4000,
        net_eth0_tx_packets: 500,
      },
      ...{ net_eth0_rx_errs: 0, net_eth0_tx_errs: 0, net_eth0_rx_drop: 3, net_eth0_tx_drop: 0 },
      ...processOf('1234.99', { comm: 'postgres', user: 'postgres', state: 'S', cpu_ticks: 150 }),
    };
    const size = { 'process_1234.99_rss': 204_800, 'process_1234.99_threads': 7 };
    const lines = textOf(
      frame({ ...zero(counters), ...gauges, uptime: 1_047_598 }, { ...counters, ...gauges, ...size }),
      {
        columns: 80,
        rows: 24,
      },
    );
    expect(lines.join('\n')).toBe(`\
web01  6.1.0-26-amd64  up 12d03h  load 0.52 0.40 0.30  12:00:02 UTC  every 2s
CPU        user  system    nice  iowait     irq softirq   steal    idle
all         0.5     0.0     0.0     0.0     0.0     0.0     0.0    99.5
0           0.0     0.0     0.0     0.0     0.0     0.0     0.0   100.0
1          25.0     0.0     0.0     0.0     0.0     0.0     0.0    75.0
MEMORY  total 15.3G  used 3.8G 25.0%  available 11.4G  free 977M  buffers 488M
        cached 8.6G  swap 1.9G used 488M
STALLED  cpu 1.3/0.0  irq -/0.1  some/full % of 10s
DISK            r/s      w/s    rMB/s    wMB/s wait ms   queue  util %
sda              10       90     2.05     1.02     1.0    1.50    25.0
INTERFACE      rx MB/s  tx MB/s  rx pk/s  tx pk/s  errs/s drops/s
eth0              2.50     0.05     2000      250       0     1.5
FILE SYSTEM      used %    size    used    free
/                  75.0    3.9M    2.3M    800K
    PID USER        CPU %    RSS  THR S COMMAND
   1234 postgres     75.0   200M    7 S postgres







keys`);
  });

  test('shows no table that its source gives nothing for', () => {
    expect(textOf(frame({}, {}, { status: '' }), { columns: 80, rows: 24 })).toEqual([
      'web01  6.1.0-26-amd64  up -  load - - -  12:00:02 UTC  every 2s',
    ]);
  });

  test('does not guess the memory used where the kernel does not tell what is available', () => {
    const fields = { mem_total: 16_000_000, mem_free: 1_000_000, mem_buffers: 1, mem_cached: 9_000_000 };
    expect(textOf(frame(fields, fields), unlimited)[1]).toMatch(/total 15.3G {2}used - -% {2}available - {2}free 977M/);
  });

  test('before there is a second sample, rates are dashes and the tables stand where they will be', () => {
    const derive = liveDerivation({ run: {}, groups: SHOWN_GROUPS });
    const fields = { ...cpus(1, () => 10), ...disk('sda', { reads: 5, writes: 5 }) };
    const first: Frame = { ...frame({}, {}), derived: derive({ timestamp: NOON, fields }), status: '' };
    expect(textOf(first, unlimited).slice(2)).toEqual([
      `all     ${Array(8).fill('      -').join(' ')}`,
      'DISK            r/s      w/s    rMB/s    wMB/s wait ms   queue  util %',
      'sda               -        -        -        -       -       -       -',
    ]);
  });

  test('says over how long its means are after a pause', () => {
    const derive = liveDerivation({ run: {}, groups: SHOWN_GROUPS });
    derive({ timestamp: NOON, fields: {} });
    const late = { ...frame({}, {}), derived: derive({ timestamp: NOON + 31, fields: {} }) };
    expect(textOf(late, unlimited)[0]).toMatch(/every 2s over 31s$/);
  });

  test.each([
    [80, 24],
    [200, 60],
    [40, 10],
    [20, 3],
    [1, 1],
  ])('of a thousand CPUs and names of any kind keeps to %i columns and %i lines', (columns, rows) => {
    const busy = {
      ...cpus(1000, (cpu) => cpu % 200),
      [`net_${'名'.repeat(60)}_rx_bytes`]: 1,
      'net_\u001b[2J_rx_bytes': 7,
    };
    const lines = textOf(frame(zero(busy), busy), { columns, rows });
    expect(lines).toHaveLength(rows);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    expect(lines.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });

  test('shows the busiest CPUs where there is no room for all, and says how many there are', () => {
    const busy = cpus(1000, (cpu) => (cpu === 777 ? 190 : cpu === 31 ? 180 : 1));
    const [, heading, all, ...rest] = textOf(frame(zero(busy), busy), { columns: 80, rows: 24 });
    expect(heading).toMatch(/^CPU 21\/1001 /);
    expect(all).toMatch(/^all /);
    expect(rest.slice(0, 3).map((line) => line.split(' ')[0])).toEqual(['777', '31', '0']);
  });

  test('uses a wide screen for CPUs side by side', () => {
    const busy = cpus(64, (cpu) => cpu);
    const lines = textOf(frame(zero(busy), busy), { columns: 160, rows: 40 });
    expect(lines[2]).toMatch(/^all .* {3}32 /); // all, 0 to 31, and 32 to 63 beside them
    expect(lines[34]).toMatch(/^31 /);
    const high = textOf(frame(zero(busy), busy), { columns: 160, rows: 80 });
    expect(high[2]).toMatch(/^all [ \d.]* 99\.\d$/); // there is room for one below the other
    expect(high[66]).toMatch(/^63 /);
  });

  test('sorts by what is going on, partitions and layers left out', () => {
    const io = (writes: number) => ({ reads: 0, writes });
    const now = { ...disk('sda', io(5)), ...disk('sdb', io(50)), ...disk('sdb1', io(50)), ...disk('vg0-root', io(50)) };
    const fields = { ...now, net_lo_rx_bytes: 1, net_lo_tx_bytes: 1, net_eth1_rx_bytes: 0, net_eth1_tx_bytes: 900 };
    const names = textOf(frame(zero(fields), fields, { status: '' }), unlimited).map((line) => line.split(' ')[0]);
    expect(names).toEqual(['web01', 'DISK', 'sdb', 'sda', 'INTERFACE', 'eth1', 'lo']);
  });

  test('shows the fullest file systems first', () => {
    const fs = (mount: string, free: number) => ({
      [`fs_${mount}_block_size`]: 1024,
      [`fs_${mount}_blocks_total`]: 100,
      [`fs_${mount}_blocks_free`]: free,
      [`fs_${mount}_blocks_available`]: free,
    });
    const fields = { ...fs('/', 80), ...fs('/srv/my data', 2), ...fs('/empty', 100) };
    const lines = textOf(frame(fields, fields, { status: '' }), unlimited).slice(2);
    expect(lines.map((line) => line.replace(/ {2,}/g, '|'))).toEqual([
      '/srv/my data|98.0|100K|98.0K|2.0K',
      '/|20.0|100K|20.0K|80.0K',
      '/empty|0.0|100K|0B|100K',
    ]);
  });

  test('sorts processes by CPU time or by memory; a newcomer has the time that the source saw', () => {
    const old = processOf('1.5', { comm: 'init', cpu_ticks: 100, rss: 9000 });
    const now = {
      ...processOf('1.5', { comm: 'init', cpu_ticks: 110, interval_ticks: 10, rss: 9000 }),
      ...processOf('88.7', {
        comm: '\u001b[31mred',
        cmdline: '/bin/red --all',
        cpu_ticks: 500,
        interval_ticks: 40,
        rss: 100,
      }),
    };
    const rows = (sort: 'cpu' | 'memory') =>
      textOf(frame(old, now, { sort, status: '' }), unlimited)
        .slice(2)
        .map((line) => line.trim().split(/\s+/));
    expect(rows('cpu')).toEqual([
      ['88', '-', '20.0', '100K', '-', '-', '/bin/red', '--all'],
      ['1', '-', '5.0', '8.8M', '-', '-', 'init'],
    ]);
    expect(rows('memory').map(([pid]) => pid)).toEqual(['1', '88']);
  });
});
