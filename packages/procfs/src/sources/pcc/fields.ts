import type { FieldSpec } from '../../types.ts';

/** What the agent says of itself; what a tick cost stands in the next one's sample, for only then it is over. */
export const selfFields: readonly FieldSpec[] = [
  { stat: 'tick_cpu_us', kernel: 'ru_utime+ru_stime', unit: 'us', kind: 'gauge', about: 'CPU time that the agent took from the tick before this one until now: reading, encoding, writing, sending.' },
  { stat: 'tick_wall_us', kernel: 'CLOCK_MONOTONIC', unit: 'us', kind: 'gauge', about: 'Elapsed time that the tick before this one took.' },
  { stat: 'late_ms', kernel: 'CLOCK_REALTIME', unit: 'ms', kind: 'gauge', about: 'How long after its due time this tick began.' },
  { stat: 'read_bytes', kernel: 'pread', unit: 'bytes', kind: 'gauge', about: 'Bytes of kernel text read in this tick.' },
  { stat: 'cpu_us', kernel: 'getrusage', unit: 'us', kind: 'counter', about: 'CPU time of the whole agent since it was started.' },
  { stat: 'max_rss', kernel: 'ru_maxrss', unit: 'KiB', kind: 'gauge', about: 'The most memory that the agent has had resident.' },
  { stat: 'missed_ticks', kernel: 'missed', unit: 'count', kind: 'counter', about: 'Ticks of this run that were not taken in time.' },
  { stat: 'waiting_samples', kernel: 'waiting', unit: 'count', kind: 'gauge', about: 'Samples on their way: not yet in the file, or not yet acknowledged by the server.' },
  { stat: 'waiting_bytes', kernel: 'waiting bytes', unit: 'bytes', kind: 'gauge', about: 'What those take in memory and in the spool.' },
  { stat: 'dropped_samples', kernel: 'dropped', unit: 'count', kind: 'counter', about: 'Samples of this run that were given up because there was no room left for them.' },
];
