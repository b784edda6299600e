import type { FieldSpec } from '../../types.ts';

/** The kernel's word is the name of the file. */
export const entropyFields: readonly FieldSpec[] = [
  { stat: 'avail', kernel: 'entropy_avail', unit: 'bits', kind: 'gauge', about: 'Entropy in the pool of the random number generator; since 5.18 it stays at 256 once the generator is ready.' },
  { stat: 'poolsize', kernel: 'poolsize', unit: 'bits', kind: 'gauge', about: 'What the pool holds at most: 4096, and 256 since 5.18.' },
];
