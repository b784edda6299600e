import type { FieldSpec } from '../../types.ts';

/** `kernel` is the member's name in perfcollector2's object, which names the cgroup v2 files' own words. */
export const containerFields: readonly FieldSpec[] = [
  { stat: 'name', kernel: 'container_name', unit: 'text', kind: 'label', about: "The container's name." },
  { stat: 'runtime', kernel: 'runtime', unit: 'text', kind: 'label', about: 'What runs it: docker, containerd, podman, crio.' },
  { stat: 'id', kernel: 'container_id', unit: 'text', kind: 'label', about: 'Its whole id.' },
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
