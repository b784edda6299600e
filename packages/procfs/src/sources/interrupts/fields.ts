import type { FieldSpec } from '../../types.ts';

/** Of each line; which interrupt it is stands before the colon. */
export const irqFields: readonly FieldSpec[] = [
  { stat: 'count', kernel: 'the columns of the CPUs', unit: 'count', kind: 'counter', wraps32: true, about: 'Times that the interrupt came, the sum over the CPUs that are on line; each counts in 32 bits.' },
  { stat: 'name', kernel: 'the words behind them', unit: 'text', kind: 'label', about: 'The interrupt controller, its line and the devices behind it; or what a special interrupt is for.' },
];
