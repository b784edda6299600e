import type { FieldSpec } from '../../types.ts';

/** What the table of a CPU's packet queue holds, by the number of the column; the columns between are always 0. */
export const softnetFields: readonly (FieldSpec & { readonly column: number })[] = [
  { column: 0, stat: 'processed', kernel: 'processed', unit: 'count', kind: 'counter', wraps32: true, about: 'Packets taken from the queues of devices; of all CPUs together counted modulo 2^32.' },
  { column: 1, stat: 'dropped', kernel: 'dropped', unit: 'count', kind: 'counter', wraps32: true, about: 'Packets dropped because the backlog was full (net.core.netdev_max_backlog).' },
  { column: 2, stat: 'time_squeeze', kernel: 'time_squeeze', unit: 'count', kind: 'counter', wraps32: true, about: 'Times that receiving stopped with packets left, for the budget or the time was used up (net.core.netdev_budget).' },
  { column: 9, stat: 'received_rps', kernel: 'received_rps', unit: 'count', kind: 'counter', wraps32: true, about: 'Times that another CPU was asked to take packets (receive packet steering).' },
  { column: 10, stat: 'flow_limit', kernel: 'flow_limit_count', unit: 'count', kind: 'counter', since: '3.11', wraps32: true, about: 'Packets dropped because their flow alone filled the backlog.' },
  { column: 11, stat: 'backlog_len', kernel: 'backlog_len', unit: 'count', kind: 'gauge', since: '5.10', about: 'Packets that wait in the backlog.' },
];
