import type { Sample } from '@perfcollector/collection';

/** What the samples of a run have in common, tick after tick. */
export interface Shape {
  /** Names of the fields, in their order. */
  readonly names: readonly string[];
  /** Members beside the timestamp, the run, the number and the fields. */
  readonly more: Readonly<Record<string, unknown>>;
}

export function shapeOf({ timestamp, run, seq, fields, ...more }: Sample): Shape {
  return { names: Object.keys(fields), more };
}
