import type { FieldSpec } from '../../types.ts';

/** Files of /proc/sys/net/netfilter. */
export const tableFields: readonly FieldSpec[] = [
  { stat: 'count', kernel: 'nf_conntrack_count', unit: 'count', kind: 'gauge', about: 'Connections that are tracked.' },
  { stat: 'max', kernel: 'nf_conntrack_max', unit: 'count', kind: 'gauge', about: 'How many may be tracked; beyond, new connections are dropped.' },
];

/** Columns of nf_conntrack in /proc/net/stat, one line a CPU; the sum over the CPUs, counted modulo 2^32 as each of them is. */
export const eventFields: readonly FieldSpec[] = [
  { stat: 'found', kernel: 'found', unit: 'count', kind: 'counter', wraps32: true, about: 'Look-ups of a tracked connection that found one; on newer kernels only those in a chain that changed meanwhile.' },
  { stat: 'invalid', kernel: 'invalid', unit: 'count', kind: 'counter', wraps32: true, about: 'Packets that could not be tracked.' },
  { stat: 'insert_failed', kernel: 'insert_failed', unit: 'count', kind: 'counter', wraps32: true, about: 'Connections that could not be put into the table, mostly because the same one came in at once.' },
  { stat: 'drop', kernel: 'drop', unit: 'count', kind: 'counter', wraps32: true, about: 'Packets dropped because tracking failed: the table was full, or there was no memory.' },
  { stat: 'early_drop', kernel: 'early_drop', unit: 'count', kind: 'counter', wraps32: true, about: 'Tracked connections given up to make room for new ones.' },
  { stat: 'search_restart', kernel: 'search_restart', unit: 'count', kind: 'counter', wraps32: true, about: 'Look-ups begun anew because the table was resized meanwhile.' },
];
