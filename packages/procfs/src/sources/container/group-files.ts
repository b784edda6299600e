import type { BlockStack } from './block-stack.ts';
import type { Hierarchy } from './hierarchies.ts';
import { blkioScan, ioStatScan } from './io-scan.ts';
import { cpuMax, limit, nanoseconds, number, pressure, words } from './scans.ts';
import type { GroupScan } from './slots.ts';

/** A file of a group; of several names the first that it has. */
export interface GroupFile {
  readonly names: readonly string[];
  readonly controller: string;
  readonly scan: GroupScan;
}

/** Version 2: Documentation/admin-guide/cgroup-v2.rst. Every number covers the groups below, too. */
function versionTwo(stack: BlockStack): readonly GroupFile[] {
  const file = (controller: string, name: string, scan: GroupScan) => ({ names: [name], controller, scan });
  return [
    file(
      'cpuacct',
      'cpu.stat',
      words({
        usage_usec: 'cpu_usage_us',
        user_usec: 'cpu_user_us',
        system_usec: 'cpu_system_us',
        nr_periods: 'cpu_periods',
        nr_throttled: 'cpu_throttled',
        throttled_usec: 'cpu_throttled_us',
      }),
    ),
    file('cpu', 'cpu.max', cpuMax()),
    file('memory', 'memory.current', number('memory_current')),
    file('memory', 'memory.max', number('memory_max')),
    file(
      'memory',
      'memory.stat',
      words({
        anon: 'memory_anon',
        file: 'memory_file',
        kernel: 'memory_kernel',
        slab: 'memory_slab',
      }),
    ),
    file(
      'memory',
      'memory.events',
      words({
        low: 'memory_events_low',
        high: 'memory_events_high',
        max: 'memory_events_max',
        oom: 'memory_events_oom',
        oom_kill: 'memory_events_oom_kill',
      }),
    ),
    file('memory', 'memory.swap.current', number('memory_swap_current')),
    file('blkio', 'io.stat', ioStatScan(stack)),
    file('pids', 'pids.current', number('pids_current')),
    file('pids', 'pids.max', number('pids_max')),
    file('pressure', 'cpu.pressure', pressure('cpu')),
    file('pressure', 'memory.pressure', pressure('memory')),
    file('pressure', 'io.pressure', pressure('io')),
  ];
}

/**
 * Version 1: Documentation/admin-guide/cgroup-v1/. Its `rss` is anonymous memory (huge pages and what is in the swap
 * cache included), its `cache` the page cache with shared memory: what version 2 calls anon and file. `total_` covers the
 * groups below, as version 2 does. cpuacct.stat is in ticks, kept as such: fewer digits than cpuacct.usage has.
 */
function versionOne(stack: BlockStack): readonly GroupFile[] {
  const file = (controller: string, name: string, scan: GroupScan) => ({ names: [name], controller, scan });
  const blkio = (name: string, read: string, write: string): GroupFile => ({
    names: [`blkio.throttle.${name}_recursive`, `blkio.throttle.${name}`],
    controller: 'blkio',
    scan: blkioScan(stack, read, write),
  });
  return [
    file('cpuacct', 'cpuacct.usage', nanoseconds('cpu_usage_us')),
    file('cpuacct', 'cpuacct.stat', words({ user: 'cpu_user_ticks', system: 'cpu_system_ticks' })),
    file(
      'cpu',
      'cpu.stat',
      words({
        nr_periods: 'cpu_periods',
        nr_throttled: 'cpu_throttled',
        throttled_time: 'ns:cpu_throttled_us',
      }),
    ),
    file('cpu', 'cpu.cfs_quota_us', number('cpu_quota_us')),
    file('cpu', 'cpu.cfs_period_us', number('cpu_period_us')),
    file('memory', 'memory.usage_in_bytes', number('memory_current')),
    file('memory', 'memory.limit_in_bytes', limit('memory_max')),
    file(
      'memory',
      'memory.stat',
      words({
        total_cache: 'memory_file',
        total_rss: 'memory_anon',
        total_swap: 'memory_swap_current',
      }),
    ),
    file('memory', 'memory.oom_control', words({ oom_kill: 'memory_events_oom_kill' })),
    blkio('io_service_bytes', 'io_read_bytes', 'io_write_bytes'),
    blkio('io_serviced', 'io_read_ops', 'io_write_ops'),
    file('pids', 'pids.current', number('pids_current')),
    file('pids', 'pids.max', number('pids_max')),
  ];
}

/** The files of each hierarchy that are read. */
export function filesOf(hierarchies: readonly Hierarchy[], stack: BlockStack): Map<Hierarchy, readonly GroupFile[]> {
  const files = { 1: versionOne(stack), 2: versionTwo(stack) };
  return new Map(
    hierarchies.map((one) => [one, files[one.version].filter(({ controller }) => one.controllers.has(controller))]),
  );
}
