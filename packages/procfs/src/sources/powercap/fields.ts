import type { FieldSpec } from '../../types.ts';

export const raplFields: readonly FieldSpec[] = [
  { stat: 'energy_uj', kernel: 'energy_uj', unit: 'uJ', kind: 'counter', about: 'Energy used; begins anew at 0 above max_energy_range_uj, minutes to hours apart.' },
  { stat: 'max_energy_range_uj', kernel: 'max_energy_range_uj', unit: 'uJ', kind: 'gauge', about: 'The most that energy_uj says before it begins anew.' },
];
