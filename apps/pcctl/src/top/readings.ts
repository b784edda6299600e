import type { contract } from '@perfcollector/api';
import { describeField, wholeDisks } from '@perfcollector/procfs';

/** How busy a machine is; null where it cannot be told. */
export interface Readings {
  /** Percent of all CPUs' time that is neither idle nor waiting for I/O. */
  readonly cpu: number | null;
  /** Percent of the memory that is not available. */
  readonly memory: number | null;
  /** Percent of the time in which the busiest disk had a request. */
  readonly disk: number | null;
  /** Bytes a second, read and written by whole disks. */
  readonly disk_bytes: number | null;
  /** Bytes a second, received and sent, without the loopback. */
  readonly net_bytes: number | null;
  /** Of the last minute. */
  readonly load: number | null;
}

const CPU_PARTS = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'];
const IDLE_PARTS = ['cpu_idle', 'cpu_iowait'];
const SECTOR_BYTES = 512; // whatever the disk's own size is: Documentation/admin-guide/iostats.rst
const LOOPBACK = 'lo';

/** The fields that this is told from; those of devices may be many. */
export const WANTED_FIELDS = {
  few: [...CPU_PARTS.map((part) => `cpu_${part}`), 'mem_total', 'mem_available', 'loadavg_1min'],
  many: ['disk_*_io_ms', 'disk_*_read_sectors', 'disk_*_write_sectors', 'net_*_rx_bytes', 'net_*_tx_bytes'],
} as const;

/** @param series of one step, the newest */
export function readingsOf(series: readonly contract.Series[]): Readings {
  const values = new Map(series.map((one) => [one.field, lastOf(one)]));
  const value = (field: string) => values.get(field) ?? null;
  const disks = devicesOf(series, 'disk');
  const whole = wholeDisks([...disks.keys()]);
  const ofDisks = (stat: string) => [...whole].map((disk) => value(`disk_${disk}_${stat}`));
  const interfaces = [...devicesOf(series, 'net').keys()].filter((name) => name !== LOOPBACK);
  const ofNet = (stat: string) => interfaces.map((name) => value(`net_${name}_${stat}`));
  const sectors = sum([...ofDisks('read_sectors'), ...ofDisks('write_sectors')]);
  const busiest = greatest(ofDisks('io_ms'));
  return {
    cpu: busyShare(value),
    memory: usedShare(value('mem_total'), value('mem_available')),
    disk: busiest === null ? null : Math.min(busiest / 10, 100), // milliseconds of a second
    disk_bytes: sectors === null ? null : sectors * SECTOR_BYTES,
    net_bytes: sum([...ofNet('rx_bytes'), ...ofNet('tx_bytes')]),
    load: value('loadavg_1min'),
  };
}

function lastOf(series: contract.Series): number | null {
  const values = series.kind === 'gauge' ? series.mean : series.rate;
  return values.findLast((value) => value !== null) ?? null;
}

function devicesOf(series: readonly contract.Series[], group: string): Map<string, string> {
  const described = series.map(({ field }) => describeField(field)).filter((info) => info?.groupSpec.group === group);
  return new Map(described.map((info) => [info?.device ?? '', info?.name ?? '']));
}

/** A part that an old kernel does not have is no part of the total; without idle nothing can be told. */
function busyShare(value: (field: string) => number | null): number | null {
  const total = CPU_PARTS.reduce((all, part) => all + (value(`cpu_${part}`) ?? 0), 0);
  if (value('cpu_idle') === null || total <= 0) return null;
  const idle = IDLE_PARTS.reduce((all, part) => all + (value(part) ?? 0), 0);
  return Math.max(0, 100 - (idle / total) * 100);
}

function usedShare(total: number | null, available: number | null): number | null {
  return total === null || available === null || total <= 0 ? null : ((total - available) / total) * 100;
}

/** Of what is partly unknown, the sum is unknown; of nothing, too. */
function sum(values: readonly (number | null)[]): number | null {
  if (values.length === 0) return null;
  return values.reduce((total, value) => (total === null || value === null ? null : total + value), 0);
}

function greatest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}
