import { Column } from '../frame/column.ts';
import type { Buckets } from './buckets.ts';
import { MostlyZero } from './mostly-zero.ts';
import { countsOf, type Numbers, putNumber } from './numbers.ts';

/**
 * A counter in consecutive pieces of time, be they samples or buckets of a roll-up. Its increase is known between any two
 * samples of which the later is not the smaller; where it fell it began anew (a reboot, a device made again), and how far
 * it had moved is not known. Values are base + value, to be divided by 10^scale; times are milliseconds.
 */
export interface CounterParts {
  readonly scale: number;
  readonly base: bigint;
  /** The value in the piece's first and last sample that has it; NaN where there is none. */
  readonly first: Float64Array;
  readonly last: Float64Array;
  /** From the first to the last, as far as it is known. */
  readonly increase: Float64Array;
  /** When these two samples were. */
  readonly firstMs: Float64Array;
  readonly lastMs: Float64Array;
  /** Of the time between them, how much nothing is known of. */
  readonly unknownMs: Float64Array;
}

const WRAP_32 = 2 ** 32;

/**
 * How far a counter moved; undefined where it began anew. One of 32 bits that fell by more than half its range wrapped.
 * @param before base included
 */
export function increaseOf(before: number, now: number, wraps32: boolean): number | undefined {
  if (now >= before) return now - before;
  const unwrapped = now - before + WRAP_32;
  return wraps32 && before < WRAP_32 && unwrapped < WRAP_32 / 2 ? unwrapped : undefined;
}

export function counterOfSamples(column: Column, ms: Float64Array): CounterParts {
  const { values, scale, base } = countsOf(column);
  const zeros = new Float64Array(values.length);
  return { scale, base, first: values, last: values, increase: zeros, firstMs: ms, lastMs: ms, unknownMs: zeros };
}

/** One part for each bucket. */
export function mergeCounter(parts: CounterParts, { bucketOf, count }: Buckets, wraps32: boolean): CounterParts {
  const [first, last, increase] = [nans(count), nans(count), new Float64Array(count)];
  const [firstMs, lastMs, unknownMs] = [nans(count), nans(count), new Float64Array(count)];
  for (let at = 0; at < bucketOf.length; at += 1) {
    const value = parts.first[at] as number;
    if (Number.isNaN(value)) continue;
    const bucket = bucketOf[at] as number;
    const before = last[bucket] as number;
    if (Number.isNaN(before)) {
      first[bucket] = value;
      firstMs[bucket] = parts.firstMs[at] as number;
    } else {
      const step = increaseOf(before, value, wraps32 && parts.base === 0n);
      if (step === undefined)
        (unknownMs[bucket] as number) += (parts.firstMs[at] as number) - (lastMs[bucket] as number);
      else (increase[bucket] as number) += step;
    }
    (increase[bucket] as number) += parts.increase[at] as number;
    (unknownMs[bucket] as number) += parts.unknownMs[at] as number;
    last[bucket] = parts.last[at] as number;
    lastMs[bucket] = parts.lastMs[at] as number;
  }
  return { scale: parts.scale, base: parts.base, first, last, increase, firstMs, lastMs, unknownMs };
}

function nans(count: number): Float64Array {
  return new Float64Array(count).fill(Number.NaN);
}

/**
 * As columns of a roll-up: the first value; the increase; what first + increase is above the last value; how long after the
 * bucket's first sample, and before its last one, it was not there; how long nothing is known of. But for the first two
 * these are all 0 unless the counter began anew; what is 0 throughout is left out.
 */
export function counterColumns(parts: CounterParts, times: BucketTimes): Partial<Record<CounterLetter, Column>> {
  const { scale, base } = parts;
  const rows = parts.first.length;
  const f = new Column(rows);
  const zero = () => new MostlyZero(rows);
  const rest = { i: zero(), l: zero(), h: zero(), t: zero(), u: zero() };
  for (let row = 0; row < rows; row += 1) {
    const first = parts.first[row] as number;
    if (Number.isNaN(first)) continue;
    const increase = parts.increase[row] as number;
    putNumber(f, row, { value: first, scale, base });
    rest.i.put(row, { value: increase, scale, base: 0n });
    rest.l.put(row, { value: first + increase - (parts.last[row] as number), scale, base: 0n });
    rest.h.put(row, milliseconds((parts.firstMs[row] as number) - (times.firstMs[row] as number)));
    rest.t.put(row, milliseconds((times.lastMs[row] as number) - (parts.lastMs[row] as number)));
    rest.u.put(row, milliseconds(parts.unknownMs[row] as number));
  }
  const found = Object.entries(rest).map(([letter, { column }]) => [letter, column]);
  return { f, ...Object.fromEntries(found.filter(([, column]) => column)) };
}

function milliseconds(value: number) {
  return { value, scale: 0, base: 0n };
}

const COUNTER_LETTERS = ['f', 'i', 'l', 'h', 't', 'u'] as const;
export type CounterLetter = (typeof COUNTER_LETTERS)[number];

/** When the first and the last sample of each bucket were. */
export interface BucketTimes {
  readonly firstMs: Float64Array;
  readonly lastMs: Float64Array;
}

/** The other way; a column that was left out is 0 throughout. */
export function counterFrom(column: (letter: CounterLetter) => Column | undefined, times: BucketTimes): CounterParts {
  const found = (letter: CounterLetter) => {
    const one = column(letter);
    return one && countsOf(one);
  };
  const [f, i, l, h, t, u] = COUNTER_LETTERS.map(found);
  const scale = Math.max(f?.scale ?? 0, i?.scale ?? 0, l?.scale ?? 0);
  const at = (numbers: Numbers | undefined, row: number) =>
    numbers ? (numbers.values[row] as number) * 10 ** (scale - numbers.scale) : 0;
  const rows = times.firstMs;
  return {
    scale,
    base: f?.base ?? 0n,
    first: rows.map((_, row) => (f ? at(f, row) : Number.NaN)),
    last: rows.map((_, row) => (f ? at(f, row) + at(i, row) - at(l, row) : Number.NaN)),
    increase: rows.map((_, row) => at(i, row)),
    firstMs: rows.map((ms, row) => ms + (h?.values[row] ?? 0)),
    lastMs: times.lastMs.map((ms, row) => ms - (t?.values[row] ?? 0)),
    unknownMs: rows.map((_, row) => u?.values[row] ?? 0),
  };
}
