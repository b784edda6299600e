import type { FieldSpec } from '../../types.ts';

export const thermalFields: readonly FieldSpec[] = [{ stat: 'millicelsius', kernel: 'temp', unit: 'millicelsius', kind: 'gauge', about: 'Temperature of the zone.' }];
