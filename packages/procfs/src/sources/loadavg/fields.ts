import type { FieldSpec } from '../../types.ts';

export const loadFields: readonly FieldSpec[] = [
  { stat: '1min', kernel: 'loadavg 1', unit: 'count', kind: 'gauge', about: 'Tasks running or in uninterruptible sleep, damped average over 1 minute.' },
  { stat: '5min', kernel: 'loadavg 2', unit: 'count', kind: 'gauge', about: 'The same over 5 minutes.' },
  { stat: '15min', kernel: 'loadavg 3', unit: 'count', kind: 'gauge', about: 'The same over 15 minutes.' },
];

export const processFields: readonly FieldSpec[] = [
  { stat: 'running', kernel: 'nr_running', unit: 'count', kind: 'gauge', about: 'Tasks that run or wait for a CPU at this moment.' },
  { stat: 'total', kernel: 'nr_threads', unit: 'count', kind: 'gauge', about: 'Tasks (processes and threads) that exist.' },
  { stat: 'last_pid', kernel: 'last_pid', unit: 'count', kind: 'gauge', about: 'The process id given out last.' },
];
