import type { FieldValue } from '@perfcollector/procfs';
import { counterDelta } from './counter.ts';
import { isNa, type Na, na } from './na.ts';

export interface SharePairs {
  /** Counters that divide the time among them. */
  readonly parts: readonly { readonly before: FieldValue | undefined; readonly now: FieldValue | undefined }[];
  /** Counters of time that is already inside one of the parts. */
  readonly within: readonly { readonly before: FieldValue | undefined; readonly now: FieldValue | undefined }[];
}

/**
 * Percentages of the time that the parts divide among them: they sum to 100. Guest time is inside user, so it is given
 * as a percentage of the same total and never added again. A part that fell counts as 0 (iowait is an estimate that the
 * kernel lets go backwards; Documentation/filesystems/proc.rst, section 1.7); where more than one fell,
 * the CPU was made anew. A part that this kernel does not have is absent and no part of the total.
 */
export function timeShares(pairs: SharePairs): { parts: (number | Na)[]; within: (number | Na)[] } {
  const parts = pairs.parts.map(({ before, now }) => counterDelta(before, now));
  const within = pairs.within.map(({ before, now }) => counterDelta(before, now));
  const known = parts.filter((delta) => typeof delta === 'number');
  const reason = incomplete(parts) ?? noBase(known);
  const total = known.reduce((sum, delta) => sum + Math.max(delta, 0), 0);
  const share = (delta: number | Na): number | Na => {
    if (isNa(delta)) return delta;
    return reason ?? (Math.max(delta, 0) / total) * 100;
  };
  return { parts: parts.map(share), within: within.map(share) };
}

/** user, nice, system and idle: every kernel has these. Shares of less than all the time would be too large. */
export const LEAST_PARTS = 4;

/** A part that only one of the samples has, or that is no number, leaves the total unknown. */
function incomplete(parts: readonly (number | Na)[]): Na | undefined {
  const broken = parts.find((part) => isNa(part) && part.na !== 'absent');
  if (isNa(broken)) return broken;
  return parts.filter((part) => !isNa(part)).length < LEAST_PARTS ? na('incomplete') : undefined;
}

/** iowait; whether that is the one that fell makes no difference to the others. */
const MAY_FALL = 1;

function noBase(deltas: readonly number[]): Na | undefined {
  if (deltas.filter((delta) => delta < 0).length > MAY_FALL) return na('reset');
  return deltas.some((delta) => delta > 0) ? undefined : na('too_short');
}
