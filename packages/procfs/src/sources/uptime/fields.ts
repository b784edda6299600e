import type { FieldSpec } from '../../types.ts';

export const uptimeFields: readonly FieldSpec[] = [
  { stat: '', kernel: 'uptime', unit: 'seconds', kind: 'gauge', about: 'Time since boot, suspend included; the clock that elapsed time is checked against.' },
  { stat: 'idle', kernel: 'idle', unit: 'seconds', kind: 'counter', about: 'Idle time of all CPUs added up.' },
];

/** The field that counts seconds since boot whatever happens to the wall clock. */
export const bootClockField = 'uptime';
