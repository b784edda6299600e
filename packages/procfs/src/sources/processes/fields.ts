import type { FieldSpec } from '../../types.ts';

/** Of each process that is among the largest; the columns of /proc/<pid>/stat and the lines of status and io. */
export const processFields: readonly FieldSpec[] = [
  { stat: 'comm', kernel: 'Name', unit: 'text', kind: 'label', about: "The program's name, as the process may have changed it." },
  { stat: 'user', kernel: 'Uid', unit: 'text', kind: 'label', about: 'Whose rights it has: the effective user, by number where the host has no name for it.' },
  { stat: 'cmdline', kernel: 'cmdline', unit: 'text', kind: 'label', about: 'Its command line, up to 4 KiB; recorded only where that was asked for.' },
  { stat: 'state', kernel: 'state', unit: 'text', kind: 'label', about: 'R runs, S sleeps, D waits for I/O, T stopped, t traced, Z ended and not collected, I idle kernel thread.' },
  { stat: 'start_ticks', kernel: 'starttime', unit: 'ticks', kind: 'gauge', about: 'When it was started, from boot.' },
  { stat: 'interval_ticks', kernel: 'utime+stime since the last tick', unit: 'ticks', kind: 'gauge', about: 'CPU time since the tick before, by which processes are ranked.' },
  { stat: 'cpu_ticks', kernel: 'utime+stime', unit: 'ticks', kind: 'counter', about: 'CPU time of all its threads, those that ended included, its children not.' },
  { stat: 'utime', kernel: 'utime', unit: 'ticks', kind: 'counter', about: 'The part of it in user mode.' },
  { stat: 'stime', kernel: 'stime', unit: 'ticks', kind: 'counter', about: 'The part of it in kernel mode.' },
  { stat: 'rss', kernel: 'VmRSS', unit: 'KiB', kind: 'gauge', about: 'Memory resident; kernel threads have none.' },
  { stat: 'threads', kernel: 'num_threads', unit: 'count', kind: 'gauge', about: 'Its threads.' },
  { stat: 'read_bytes', kernel: 'read_bytes', unit: 'bytes', kind: 'counter', about: 'Bytes that storage had to read for it; absent without the right to see them.' },
  { stat: 'write_bytes', kernel: 'write_bytes', unit: 'bytes', kind: 'counter', about: 'Bytes that it gave to storage to write; absent without the right to see them.' },
];
