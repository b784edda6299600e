import type { FieldValue } from '@perfcollector/procfs';
import { type Na, na } from './na.ts';

const WRAP_32 = 2 ** 32;

/** How far one counter moved between two samples: exact also where the values are above 2^53. */
export function counterDelta(before: FieldValue | undefined, now: FieldValue | undefined): number | Na {
  if (now === undefined) return na('absent');
  if (before === undefined) return na('new_device');
  if (typeof now === 'number' && typeof before === 'number') return now - before;
  if (!isDecimal(now) || !isDecimal(before)) return na('unreadable');
  return Number(BigInt(now) - BigInt(before));
}

function isDecimal(value: FieldValue): boolean {
  return typeof value === 'number' ? Number.isInteger(value) : /^\d+$/.test(value);
}

export interface CounterPair {
  readonly before: FieldValue | undefined;
  readonly now: FieldValue | undefined;
  readonly wraps32: boolean;
}

/**
 * How far each counter of one device moved. Where one counter alone fell it has wrapped: one of 32 bits is unwrapped if
 * the distance fits (less than half its range), any other is NA. Where several fell, the device was made anew under the
 * same name, and none of its counters has a base.
 */
export function deviceDeltas(pairs: readonly CounterPair[]): (number | Na)[] {
  const deltas = pairs.map(({ before, now }) => counterDelta(before, now));
  const fallen = deltas.filter((delta) => typeof delta === 'number' && delta < 0).length;
  if (fallen === 0) return deltas;
  if (fallen > 1) return deltas.map((delta) => (typeof delta === 'number' ? na('reset') : delta));
  return deltas.map((delta, at) => (typeof delta === 'number' && delta < 0 ? unwrap(delta, pairs[at]) : delta));
}

function unwrap(delta: number, pair: CounterPair | undefined): number | Na {
  const distance = delta + WRAP_32;
  const fits =
    pair?.wraps32 === true &&
    typeof pair.before === 'number' &&
    pair.before < WRAP_32 &&
    distance >= 0 &&
    distance < WRAP_32 / 2;
  return fits ? distance : na('wrap');
}

/**
 * Counters of the kernel as a whole, which start anew only at boot: one that fell has no base, unless a wrap at 32 bits
 * explains it; the others keep theirs.
 */
export function kernelDelta(pair: CounterPair): number | Na {
  const delta = counterDelta(pair.before, pair.now);
  if (typeof delta !== 'number' || delta >= 0) return delta;
  const unwrapped = unwrap(delta, pair);
  return typeof unwrapped === 'number' ? unwrapped : na('reset');
}
