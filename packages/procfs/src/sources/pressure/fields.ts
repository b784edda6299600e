import type { FieldSpec } from '../../types.ts';

/** What each of the files may say, `some` line first. A task is stalled while it waits for the resource alone. */
export const pressureFields: readonly FieldSpec[] = [
  { stat: 'some_avg10', kernel: 'some avg10', unit: 'percent', kind: 'gauge', since: '4.20', about: 'Share of time in which some task was stalled, damped average over 10 seconds.' },
  { stat: 'some_avg60', kernel: 'some avg60', unit: 'percent', kind: 'gauge', since: '4.20', about: 'The same over 60 seconds.' },
  { stat: 'some_avg300', kernel: 'some avg300', unit: 'percent', kind: 'gauge', since: '4.20', about: 'The same over 300 seconds.' },
  { stat: 'some_total_us', kernel: 'some total', unit: 'us', kind: 'counter', since: '4.20', about: 'Time in which some task was stalled, all together.' },
  { stat: 'full_avg10', kernel: 'full avg10', unit: 'percent', kind: 'gauge', since: '4.20', about: 'Share of time in which all tasks that had work were stalled at once, damped average over 10 seconds; of cpu since 5.13 and always 0 for the whole host.' },
  { stat: 'full_avg60', kernel: 'full avg60', unit: 'percent', kind: 'gauge', since: '4.20', about: 'The same over 60 seconds.' },
  { stat: 'full_avg300', kernel: 'full avg300', unit: 'percent', kind: 'gauge', since: '4.20', about: 'The same over 300 seconds.' },
  { stat: 'full_total_us', kernel: 'full total', unit: 'us', kind: 'counter', since: '4.20', about: 'Time in which all tasks that had work were stalled at once, all together.' },
];
