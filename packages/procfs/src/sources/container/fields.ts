import type { FieldSpec } from '../../types.ts';

/** `kernel` is the member's name in perfcollector2's object, which names the cgroup v2 files' own words. */
const labels: readonly FieldSpec[] = [
  { stat: 'name', kernel: 'container_name', unit: 'text', kind: 'label', about: "The container's name." },
  { stat: 'runtime', kernel: 'runtime', unit: 'text', kind: 'label', about: 'What runs it: docker, containerd, podman, crio.' },
  { stat: 'id', kernel: 'container_id', unit: 'text', kind: 'label', about: 'Its whole id.' },
];

/** What perfcollector2 knows of a control group. */
const known: readonly FieldSpec[] = [
  { stat: 'cpu_usage_us', kernel: 'cpu_usage_usec', unit: 'us', kind: 'counter', about: 'CPU time used.' },
  { stat: 'cpu_user_us', kernel: 'cpu_user_usec', unit: 'us', kind: 'counter', about: 'CPU time used in user mode.' },
  { stat: 'cpu_system_us', kernel: 'cpu_system_usec', unit: 'us', kind: 'counter', about: 'CPU time used in kernel mode.' },
  { stat: 'cpu_periods', kernel: 'cpu_periods', unit: 'count', kind: 'counter', about: 'Enforcement periods that have passed.' },
  { stat: 'cpu_throttled', kernel: 'cpu_throttled', unit: 'count', kind: 'counter', about: 'Periods in which it was throttled.' },
  { stat: 'cpu_throttled_us', kernel: 'cpu_throttled_usec', unit: 'us', kind: 'counter', about: 'Time for which it was throttled.' },
  { stat: 'cpu_quota_us', kernel: 'cpu_quota', unit: 'us', kind: 'gauge', about: 'CPU time that it may use in one period.' },
  { stat: 'cpu_period_us', kernel: 'cpu_period', unit: 'us', kind: 'gauge', about: 'Length of a period.' },
  { stat: 'memory_current', kernel: 'memory_current', unit: 'bytes', kind: 'gauge', about: 'Memory charged to it.' },
  { stat: 'memory_max', kernel: 'memory_max', unit: 'bytes', kind: 'gauge', about: 'The limit of that memory.' },
  { stat: 'memory_anon', kernel: 'memory_anon', unit: 'bytes', kind: 'gauge', about: 'Anonymous memory.' },
  { stat: 'memory_file', kernel: 'memory_file', unit: 'bytes', kind: 'gauge', about: 'Page cache.' },
  { stat: 'memory_kernel', kernel: 'memory_kernel', unit: 'bytes', kind: 'gauge', about: "The kernel's own memory for it." },
  { stat: 'memory_slab', kernel: 'memory_slab', unit: 'bytes', kind: 'gauge', about: 'Slab, a part of the kernel memory.' },
  { stat: 'io_read_bytes', kernel: 'io_read_bytes', unit: 'bytes', kind: 'counter', about: 'Bytes read, all devices.' },
  { stat: 'io_read_ops', kernel: 'io_read_ops', unit: 'count', kind: 'counter', about: 'Reads, all devices.' },
  { stat: 'io_write_bytes', kernel: 'io_write_bytes', unit: 'bytes', kind: 'counter', about: 'Bytes written, all devices.' },
  { stat: 'io_write_ops', kernel: 'io_write_ops', unit: 'count', kind: 'counter', about: 'Writes, all devices.' },
  { stat: 'pids_current', kernel: 'pids_current', unit: 'count', kind: 'gauge', about: 'Tasks in it.' },
  { stat: 'pids_max', kernel: 'pids_max', unit: 'count', kind: 'gauge', about: 'The limit of that number.' },
];

const pressure = (['cpu', 'memory', 'io'] as const).flatMap((what): readonly FieldSpec[] =>
  (['some', 'full'] as const).flatMap((who): readonly FieldSpec[] => [
    { stat: `${what}_pressure_${who}_avg10`, kernel: `${what}.pressure ${who} avg10`, unit: 'percent', kind: 'gauge', since: '4.20', about: `Share of the last 10 seconds in which ${who === 'some' ? 'some task' : 'every task'} of it waited for ${what}, a moving average.` },
    { stat: `${what}_pressure_${who}_total_us`, kernel: `${what}.pressure ${who} total`, unit: 'us', kind: 'counter', since: '4.20', about: `Time in which ${who === 'some' ? 'some task' : 'every task'} of it waited for ${what}.` },
  ]),
);

/** The rest, under the kernel's own words. */
const more: readonly FieldSpec[] = [
  { stat: 'cpu_user_ticks', kernel: 'cpuacct.stat user', unit: 'ticks', kind: 'counter', about: 'CPU time used in user mode, as cgroup v1 counts it.' },
  { stat: 'cpu_system_ticks', kernel: 'cpuacct.stat system', unit: 'ticks', kind: 'counter', about: 'CPU time used in kernel mode, as cgroup v1 counts it.' },
  { stat: 'memory_swap_current', kernel: 'memory.swap.current', unit: 'bytes', kind: 'gauge', about: 'Memory of it that is swapped out.' },
  { stat: 'memory_events_low', kernel: 'memory.events low', unit: 'count', kind: 'counter', about: 'Times that memory below its low boundary was reclaimed.' },
  { stat: 'memory_events_high', kernel: 'memory.events high', unit: 'count', kind: 'counter', about: 'Times that its tasks were slowed down because it was above its high boundary.' },
  { stat: 'memory_events_max', kernel: 'memory.events max', unit: 'count', kind: 'counter', about: 'Times that it was about to go over its limit.' },
  { stat: 'memory_events_oom', kernel: 'memory.events oom', unit: 'count', kind: 'counter', about: 'Times that it was at its limit and nothing could be reclaimed.' },
  { stat: 'memory_events_oom_kill', kernel: 'memory.events oom_kill', unit: 'count', kind: 'counter', since: '4.13', about: 'Processes of it that the OOM killer ended.' },
  ...pressure,
];

export const groupFields: readonly FieldSpec[] = [...known, ...more];
export const containerFields: readonly FieldSpec[] = [...labels, { stat: 'image', kernel: 'image', unit: 'text', kind: 'label', about: 'The image that it was made from.' }, ...groupFields];

/** The members of perfcollector2's object. */
export const rawFields: readonly FieldSpec[] = [...labels, ...known];
