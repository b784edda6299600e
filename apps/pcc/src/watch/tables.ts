import {
  type Column,
  fixed,
  millions,
  percent,
  perSecond,
  type Row,
  size,
  type Table,
} from '@perfcollector/cli/screen';
import { wholeDisks } from '@perfcollector/procfs';
import type { Derived, Device } from '../live/derived.ts';

/** What tables are made of. */
export interface Shown {
  readonly derived: Derived;
  /** Clock ticks a second, the unit of CPU time; undefined where the kernel is another one's. */
  readonly clockTicks: number | undefined;
  /** What processes are sorted by. */
  readonly sort: 'cpu' | 'memory';
}

/** The groups of fields that the screen shows. */
export const SHOWN_GROUPS: ReadonlySet<string> = new Set([
  'cpu',
  'mem',
  'loadavg',
  'uptime',
  'pressure',
  'disk',
  'net',
  'fs',
  'process',
]);

const SECTOR_BYTES = 512; // whatever the disk's own size is: Documentation/admin-guide/iostats.rst
const KIB = 1024;
const natural = new Intl.Collator('en', { numeric: true });

const number = (heading: string, width: number): Column => ({ heading, width, side: 'right' });
const name = (heading: string, width: number): Column => ({ heading, width, side: 'left', grows: true });

export function gauge(device: Device | undefined, stat: string): number | undefined {
  const value = device?.get(stat)?.value;
  return value === undefined ? undefined : Number(value);
}

function label(device: Device, stat: string): string {
  return String(device.get(stat)?.value ?? '-');
}

function rate(device: Device, ...stats: readonly string[]): number | undefined {
  return sum(stats.map((stat) => device.get(stat)?.rate));
}

/** Of what is partly unknown, the sum is unknown. */
function sum(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce((total, value) => (total === undefined || value === undefined ? undefined : total + value), 0);
}

type Named = readonly [name: string, device: Device];

function devicesOf({ derived }: Shown, group: string): Named[] {
  return [...(derived.devices.get(group) ?? [])];
}

/** Largest first; what cannot be told comes last, and equal ones by their names. */
function sorted(devices: readonly Named[], measure: (device: Device) => number | undefined): Named[] {
  const measured = devices.map((one) => ({ one, size: measure(one[1]) ?? -1 }));
  measured.sort((a, b) => b.size - a.size || natural.compare(a.one[0], b.one[0]));
  return measured.map(({ one }) => one);
}

const CPU_STATS = ['user', 'system', 'nice', 'iowait', 'irq', 'softirq', 'steal', 'idle'];

/** All CPUs together, and each where there are several. */
export function cpuTable(shown: Shown): Table {
  const share = (device: Device, stat: string) => device.get(stat)?.share;
  const devices = devicesOf(shown, 'cpu');
  const row = ([cpu, device]: Named): Row => [
    cpu === '' ? 'all' : cpu,
    ...CPU_STATS.map((stat) => percent(share(device, stat))),
  ];
  const all = devices.filter(([cpu]) => cpu === '').map(row);
  const each = devices.filter(([cpu]) => cpu !== '');
  const shownEach = each.length > 1 || all.length === 0 ? each : [];
  const busy = (device: Device) => {
    const idle = sum([share(device, 'idle'), device.has('iowait') ? share(device, 'iowait') : 0]);
    return idle === undefined ? undefined : 100 - idle;
  };
  return {
    columns: [name('CPU', 3), ...CPU_STATS.map((stat) => number(stat, 7))],
    rows: [...all, ...sorted(shownEach, busy).map(row)],
    ordered: [...all, ...sorted(shownEach, () => 0).map(row)],
  };
}

/** Hardware and what stands for it: the layers above (dm, md) and the partitions would show the same I/O again. */
export function diskTable(shown: Shown): Table {
  const devices = devicesOf(shown, 'disk');
  const whole = wholeDisks(devices.map(([disk]) => disk));
  const disks = devices.filter(([disk]) => whole.has(disk));
  return {
    columns: [
      name('DISK', 10),
      ...['r/s', 'w/s', 'rMB/s', 'wMB/s'].map((heading) => number(heading, 8)),
      ...['wait ms', 'queue', 'util %'].map((heading) => number(heading, 7)),
    ],
    rows: sorted(disks, (disk) => rate(disk, 'reads', 'writes')).map(diskRow),
  };
}

function diskRow([disk, device]: Named): Row {
  const bytes = (stat: string) => scaled(rate(device, stat), SECTOR_BYTES);
  return [
    disk,
    perSecond(rate(device, 'reads')),
    perSecond(rate(device, 'writes')),
    millions(bytes('read_sectors')),
    millions(bytes('write_sectors')),
    fixed(meanWait(device), 1),
    fixed(scaled(rate(device, 'weighted_io_ms'), 1 / 1000), 2),
    percent(scaled(rate(device, 'io_ms'), 100 / 1000)),
  ];
}

/** Milliseconds from a request's coming to its completion; without requests there is none. */
function meanWait(device: Device): number | undefined {
  const [time, requests] = [rate(device, 'read_ms', 'write_ms'), rate(device, 'reads', 'writes')];
  return time === undefined || requests === undefined || requests === 0 ? undefined : time / requests;
}

function scaled(value: number | undefined, factor: number | undefined): number | undefined {
  return value === undefined || factor === undefined ? undefined : value * factor;
}

export function interfaceTable(shown: Shown): Table {
  const row = ([device, of]: Named): Row => [
    device,
    millions(rate(of, 'rx_bytes')),
    millions(rate(of, 'tx_bytes')),
    perSecond(rate(of, 'rx_packets')),
    perSecond(rate(of, 'tx_packets')),
    perSecond(rate(of, 'rx_errs', 'tx_errs')),
    perSecond(rate(of, 'rx_drop', 'tx_drop')),
  ];
  return {
    columns: [
      name('INTERFACE', 10),
      ...['rx MB/s', 'tx MB/s', 'rx pk/s', 'tx pk/s'].map((heading) => number(heading, 8)),
      ...['errs/s', 'drops/s'].map((heading) => number(heading, 7)),
    ],
    rows: sorted(devicesOf(shown, 'net'), (device) => rate(device, 'rx_bytes', 'tx_bytes')).map(row),
  };
}

/** Fullest first, as df reckons it: blocks that are kept for root are neither used nor available. */
export function fileSystemTable(shown: Shown): Table {
  const used = (fs: Device) => difference(gauge(fs, 'blocks_total'), gauge(fs, 'blocks_free'));
  const share = (fs: Device) => shareOf(used(fs), sum([used(fs), gauge(fs, 'blocks_available')]));
  const row = ([mount, fs]: Named): Row => {
    const bytes = (blocks: number | undefined) => size(scaled(blocks, gauge(fs, 'block_size')));
    const total = gauge(fs, 'blocks_total');
    return [mount, percent(share(fs)), bytes(total), bytes(used(fs)), bytes(gauge(fs, 'blocks_available'))];
  };
  return {
    columns: [name('FILE SYSTEM', 14), ...['used %', 'size', 'used', 'free'].map((heading) => number(heading, 7))],
    rows: sorted(devicesOf(shown, 'fs'), share).map(row),
  };
}

export function difference(from: number | undefined, what: number | undefined): number | undefined {
  return from === undefined || what === undefined ? undefined : from - what;
}

export function shareOf(part: number | undefined, whole: number | undefined): number | undefined {
  return part === undefined || whole === undefined || whole === 0 ? undefined : (part / whole) * 100;
}

export function processTable(shown: Shown): Table {
  const cpu = (device: Device) => processShare(device, shown);
  const memory = (device: Device) => scaled(gauge(device, 'rss'), KIB);
  const row = ([device, of]: Named): Row => [
    device.split('.')[0] ?? device,
    label(of, 'user'),
    percent(cpu(of)),
    size(memory(of)),
    fixed(gauge(of, 'threads'), 0),
    label(of, 'state'),
    label(of, of.has('cmdline') ? 'cmdline' : 'comm'),
  ];
  return {
    columns: [
      number('PID', 7),
      { heading: 'USER', width: 10, side: 'left' },
      ...[number('CPU %', 6), number('RSS', 6), number('THR', 4)],
      { heading: 'S', width: 1, side: 'left' },
      name('COMMAND', 15),
    ],
    rows: sorted(devicesOf(shown, 'process'), shown.sort === 'cpu' ? cpu : memory).map(row),
  };
}

/**
 * Percent of one CPU. A process that has just come among the largest was not in the sample before, but the source knows
 * what it has used since.
 */
function processShare(device: Device, { derived: { seconds }, clockTicks }: Shown): number | undefined {
  const ticks = gauge(device, 'interval_ticks');
  const since = ticks === undefined || seconds === undefined ? undefined : ticks / seconds;
  const used = rate(device, 'cpu_ticks') ?? since;
  return used === undefined || clockTicks === undefined ? undefined : (used / clockTicks) * 100;
}
