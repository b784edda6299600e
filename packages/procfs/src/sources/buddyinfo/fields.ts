import type { FieldSpec } from '../../types.ts';

/** The largest order of any architecture (ia64); most kernels stop at 10. */
const MOST_ORDER = 16;

/** The columns in the kernel's order: blocks of 1, 2, 4, … pages. */
export const buddyFields: readonly FieldSpec[] = Array.from({ length: MOST_ORDER + 1 }, (_, order) => ({
  stat: `order${order}`,
  kernel: `order ${order}`,
  unit: 'count',
  kind: 'gauge',
  about: `Free blocks of ${2 ** order} pages that lie together.`,
}));
