import { describeField, wholeDisks } from '@perfcollector/procfs';
import type { MetricSummary } from './metric-summary.ts';

/** What people look at first, of every machine. */
const PLAIN = [
  ...['cpu_user', 'cpu_system', 'cpu_idle', 'cpu_iowait', 'cpu_nice', 'cpu_irq', 'cpu_softirq', 'cpu_steal'],
  ...['stat_ctxt_per_second', 'stat_intr_per_second', 'stat_processes_per_second'],
  ...['stat_procs_running', 'stat_procs_blocked'],
  ...['mem_available', 'mem_free', 'mem_cached', 'mem_anon_pages', 'mem_slab', 'mem_dirty', 'mem_swap_free'],
  'loadavg_1min',
  ...['pressure_cpu_some_avg10', 'pressure_memory_some_avg10', 'pressure_io_some_avg10'],
  ...['tcp_retrans_segs_per_second', 'tcp_curr_estab'],
  ...['vm_pagefault', 'vm_majorfault', 'vm_swapin', 'vm_swapout', 'vm_oom_kill'].map((name) => `${name}_per_second`),
];

/** The same of devices; of each kind those that do the most, by the sum of the first two. */
const OF_DEVICES = {
  disk: ['read_sectors', 'write_sectors', 'reads', 'writes', 'io_ms'].map((stat) => `${stat}_per_second`),
  net: ['rx_bytes', 'tx_bytes', 'rx_packets', 'tx_packets', 'rx_drop', 'tx_drop'].map((stat) => `${stat}_per_second`),
  fs: ['blocks_available'],
  container: ['cpu_usage_us_per_second', 'memory_current', 'io_read_bytes_per_second', 'io_write_bytes_per_second'],
};
type Kind = keyof typeof OF_DEVICES;
const MOST_DEVICES = 3;

/** Patterns of the metrics that may be shown where nobody says which. */
export const HEADLINE_PATTERNS: readonly string[] = [
  ...PLAIN,
  ...Object.entries(OF_DEVICES).flatMap(([kind, stats]) => stats.map((stat) => `${kind}_*_${stat}`)),
];

/** Of these metrics the ones to show: what moves, of the busiest devices. In their order. */
export function headline(metrics: readonly MetricSummary[]): readonly MetricSummary[] {
  const devices = Map.groupBy(metrics, deviceOf);
  const shown = new Set(devices.get(undefined)?.map(({ metric }) => metric));
  for (const kind of Object.keys(OF_DEVICES) as Kind[]) {
    const ofKind = [...devices].filter(([device]) => device?.startsWith(`${kind} `));
    const busiest = worthy(kind, ofKind).toSorted(([, a], [, b]) => weightOf(kind, b) - weightOf(kind, a));
    for (const [, own] of busiest.slice(0, MOST_DEVICES)) for (const { metric } of own) shown.add(metric);
  }
  return metrics.filter(({ metric, min, max }) => shown.has(metric) && min !== max);
}

type Device = [string | undefined, MetricSummary[]];

/**
 * Requests of a partition count in its disk too, and the loopback is no traffic of the machine. Where there is nothing
 * else, they are all there is.
 */
function worthy(kind: Kind, devices: readonly Device[]): readonly Device[] {
  const nameOf = ([device = '']: Device) => device.slice(kind.length + 1);
  const whole = wholeDisks(devices.map(nameOf));
  const isWorthy = (name: string) => (kind === 'disk' ? whole.has(name) : !(kind === 'net' && name === 'lo'));
  const found = devices.filter((device) => isWorthy(nameOf(device)));
  return found.length > 0 ? found : devices;
}

/** `disk sda`; undefined of what is of the whole machine. */
function deviceOf({ metric }: MetricSummary): string | undefined {
  const info = describeField(metric) ?? describeField(metric.replace(/_per_second$/, ''));
  return info?.device ? `${info.groupSpec.group} ${info.device}` : undefined;
}

function weightOf(kind: Kind, metrics: readonly MetricSummary[]): number {
  const first = OF_DEVICES[kind].slice(0, 2);
  const own = metrics.filter(({ metric }) => first.some((stat) => metric.endsWith(`_${stat}`)));
  return own.reduce((sum, { mean }) => sum + (mean ?? 0), 0);
}
