import { Column } from '../frame/column.ts';
import type { Buckets } from './buckets.ts';
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
 * how many samples of the bucket lack it. But for the first these are all 0 where nothing changes.
 */
export function gaugeColumns(parts: GaugeParts, samples: Float64Array): Record<'m' | 'r' | 'x' | 'a', Column> {
  const rows = samples.length;
  const columns = { m: new Column(rows), r: new Column(rows), x: new Column(rows), a: new Column(rows) };
  for (let row = 0; row < rows; row += 1) {
    const count = parts.counts[row] as number;
    if (count === 0) continue;
    const min = parts.min[row] as number;
    const put = (column: Column, value: number) => putNumber(column, row, { value, scale: parts.scale, base: 0n });
    put(columns.m, min);
    put(columns.r, (parts.max[row] as number) - min);
    put(columns.x, (parts.sum[row] as number) - min * count);
    columns.a.setDecimal(row, (samples[row] as number) - count, 0);
  }
  return columns;
}

/** The other way; a column that was left out is 0 throughout. */
export function gaugeFrom(
  column: (letter: 'm' | 'r' | 'x' | 'a') => Column | undefined,
  samples: Float64Array,
): GaugeParts {
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
