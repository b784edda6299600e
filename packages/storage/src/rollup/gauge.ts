import { Column } from '../frame/column.ts';
import type { Buckets } from './buckets.ts';
import { MostlyZero } from './mostly-zero.ts';
import { type Numbers, numbersOf, putNumber } from './numbers.ts';

/** A gauge in consecutive pieces of time, be they samples or buckets of a roll-up. Values are to be divided by 10^scale. */
export interface GaugeParts {
  readonly scale: number;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly sum: Float64Array;
  /** How many samples are in each; 0 where there is none. */
  readonly counts: Float64Array;
}

export function gaugeOfSamples(column: Column): GaugeParts {
  const { values, scale } = numbersOf(column);
  const counts = values.map((value) => (Number.isNaN(value) ? 0 : 1));
  return { scale, min: values, max: values, sum: values, counts };
}

/** One part for each bucket. */
export function mergeGauge(parts: GaugeParts, { bucketOf, count }: Buckets): GaugeParts {
  const merged = {
    scale: parts.scale,
    min: new Float64Array(count).fill(Infinity),
    max: new Float64Array(count).fill(-Infinity),
    sum: new Float64Array(count),
    counts: new Float64Array(count),
  };
  for (let at = 0; at < bucketOf.length; at += 1) {
    const samples = parts.counts[at] as number;
    if (samples === 0) continue;
    const bucket = bucketOf[at] as number;
    merged.min[bucket] = Math.min(merged.min[bucket] as number, parts.min[at] as number);
    merged.max[bucket] = Math.max(merged.max[bucket] as number, parts.max[at] as number);
    (merged.sum[bucket] as number) += parts.sum[at] as number;
    (merged.counts[bucket] as number) += samples;
  }
  return merged;
}

/**
 * As columns of a roll-up: the minimum; how far the maximum is above it; how far the sum is above that of as many minima;
 * how many samples of the bucket lack it. But for the first these are all 0 where nothing changes, and left out then.
 */
export function gaugeColumns(parts: GaugeParts, samples: Float64Array): Partial<Record<GaugeLetter, Column>> {
  const rows = samples.length;
  const m = new Column(rows);
  const [r, x, a] = [new MostlyZero(rows), new MostlyZero(rows), new MostlyZero(rows)];
  const { scale } = parts;
  for (let row = 0; row < rows; row += 1) {
    const count = parts.counts[row] as number;
    if (count === 0) continue;
    const min = parts.min[row] as number;
    putNumber(m, row, { value: min, scale, base: 0n });
    r.put(row, { value: (parts.max[row] as number) - min, scale, base: 0n });
    x.put(row, { value: (parts.sum[row] as number) - min * count, scale, base: 0n });
    a.put(row, { value: (samples[row] as number) - count, scale: 0, base: 0n });
  }
  return { m, ...(r.column && { r: r.column }), ...(x.column && { x: x.column }), ...(a.column && { a: a.column }) };
}

export type GaugeLetter = 'm' | 'r' | 'x' | 'a';

/** The other way; a column that was left out is 0 throughout. */
export function gaugeFrom(column: (letter: GaugeLetter) => Column | undefined, samples: Float64Array): GaugeParts {
  const [m, r, x, a] = (['m', 'r', 'x', 'a'] as const).map((letter) => numbers(column(letter)));
  const scale = Math.max(m?.scale ?? 0, r?.scale ?? 0, x?.scale ?? 0);
  const at = (numbers: Numbers | undefined, row: number) =>
    numbers ? (numbers.values[row] as number) * 10 ** (scale - numbers.scale) : 0;
  const parts = {
    scale,
    min: samples.map((_, row) => at(m, row)),
    max: samples.map((_, row) => at(m, row) + at(r, row)),
    counts: samples.map((count, row) => (m && !Number.isNaN(m.values[row]) ? count - (a?.values[row] ?? 0) : 0)),
  };
  return { ...parts, sum: samples.map((_, row) => at(x, row) + at(m, row) * (parts.counts[row] as number)) };
}

function numbers(column: Column | undefined): Numbers | undefined {
  return column && numbersOf(column);
}
