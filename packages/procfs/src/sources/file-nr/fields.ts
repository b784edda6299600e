import type { FieldSpec } from '../../types.ts';

/** The columns in the kernel's order; the second, free, has been 0 since 2.6. */
export const fileFields: readonly FieldSpec[] = [
  { stat: 'allocated', kernel: 'nr_files', unit: 'count', kind: 'gauge', about: 'Open files of the whole host, as the kernel has allocated them.' },
  { stat: 'max', kernel: 'max_files', unit: 'count', kind: 'gauge', about: 'How many there may be (fs.file-max); 9223372036854775807 is no limit.' },
];
