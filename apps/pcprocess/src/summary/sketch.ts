import { between, quantilePlace } from './quantile.ts';

/** How far a value that a sketch gives may be from the true one, as a share of it. */
export const RELATIVE_ERROR = 0.002;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** What is nearer to zero counts as zero: no metric means anything there. */
const LEAST = 1e-9;

/**
 * How values are distributed, in memory that does not grow with their number: counts in buckets, each wider than the one before
 * by the same factor (DDSketch; Masson, Rim and Lee 2019).
 */
export class Sketch {
  readonly #negative = new Map<number, number>();
  readonly #positive = new Map<number, number>();
  #zeros = 0;
  #count = 0;

  add(value: number, times = 1): void {
    this.#count += times;
    if (Math.abs(value) < LEAST) this.#zeros += times;
    else {
      const buckets = value < 0 ? this.#negative : this.#positive;
      const bucket = Math.ceil(Math.log(Math.abs(value)) / LOG_GAMMA);
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + times);
    }
  }

  /** The quantiles of these probabilities, which come in order. */
  quantiles(probabilities: readonly number[]): number[] {
    const ordered = this.#inOrder();
    return probabilities.map((probability) => {
      const { low, high, share } = quantilePlace(this.#count, probability);
      return between(valueAt(ordered, low), valueAt(ordered, high), share);
    });
  }

  #inOrder(): readonly Bucket[] {
    const negative = [...this.#negative].toSorted(([a], [b]) => b - a);
    const positive = [...this.#positive].toSorted(([a], [b]) => a - b);
    return [
      ...negative.map(([bucket, count]) => ({ value: -middleOf(bucket), count })),
      { value: 0, count: this.#zeros },
      ...positive.map(([bucket, count]) => ({ value: middleOf(bucket), count })),
    ];
  }
}

interface Bucket {
  readonly value: number;
  readonly count: number;
}

/** No value of the bucket is further from it than the relative error. */
function middleOf(bucket: number): number {
  return (2 * GAMMA ** bucket) / (GAMMA + 1);
}

function valueAt(buckets: readonly Bucket[], place: number): number {
  let before = 0;
  for (const { value, count } of buckets) {
    before += count;
    if (place < before) return value;
  }
  return Number.NaN;
}
