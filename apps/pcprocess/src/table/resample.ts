import { codeOf } from '@perfcollector/derive';
import type { NumberRows } from '../engine/forms.ts';
import { quantileOf } from '../summary/quantile.ts';

/** What one number is made of many: `p95` is the 95th percentile. */
export type Statistic = 'mean' | 'min' | 'max' | `p${number}`;

export interface ResampledColumn {
  /** How it is put together: a gauge of its samples, a rate or share of the time that each interval has in the bucket, text as it was last. */
  readonly kind: 'gauge' | 'rate' | 'text';
}

/** A row of a longer interval. */
export interface Resampled {
  /** Unix seconds at which it begins. */
  readonly timestamp: number;
  /** For each column, for each statistic; NaN where there is none. Of a text there is one. */
  readonly numbers: Float64Array;
  readonly reasons: Uint8Array;
  readonly texts: ReadonlyMap<number, string>;
}

/**
 * Puts rows together by whole multiples of an interval (UTC). Means of gauges are of their samples; means of rates and shares
 * count each as long as it lasted, so that a counter's mean rate is its increase by the time, resets and gaps left out.
 * An interval that reaches into two buckets counts in both: in means for the part that it has there.
 */
export class Resampler {
  readonly #interval: number;
  readonly #columns: readonly ResampledColumn[];
  readonly #statistics: readonly Statistic[];
  #bucket: Bucket | undefined;

  /** @param interval seconds */
  constructor(interval: number, columns: readonly ResampledColumn[], statistics: readonly Statistic[]) {
    this.#interval = interval;
    this.#columns = columns;
    this.#statistics = statistics;
  }

  /** @returns the rows that are complete now */
  add(rows: NumberRows, timestamps: Float64Array): Resampled[] {
    const done: Resampled[] = [];
    const texts = Map.groupBy(rows.texts, ({ row }) => row);
    for (const [row, timestamp] of timestamps.entries()) {
      const start = this.#startOf(timestamp);
      const before = this.#bucket;
      if (before?.start !== start) this.#bucket = this.#open(start);
      const bucket = this.#bucket as Bucket;
      const seconds = rows.seconds[row] as number;
      const inside = Math.min(seconds, timestamp - start);
      const width = this.#columns.length;
      const place = { numbers: rows.numbers, reasons: rows.reasons, offset: row * width };
      bucket.add(place, { weight: inside, isSample: true });
      for (const { column, text } of texts.get(row) ?? [])
        if (this.#columns[column]?.kind === 'text') bucket.texts.set(column, text);
      if (before && before !== bucket) {
        const outside = Math.min(before.start + this.#interval - (timestamp - seconds), this.#interval);
        if (outside > 0) before.add(place, { weight: outside, isSample: false });
        done.push(before.finish());
      }
    }
    return done;
  }

  end(): Resampled[] {
    return this.#bucket ? [this.#bucket.finish()] : [];
  }

  /** In whole milliseconds, as timestamps are told: of a tenth of a second no multiple is a double. */
  #startOf(timestamp: number): number {
    const length = this.#interval * 1000;
    return (Math.floor(Math.round(timestamp * 1e6) / 1000 / length) * length) / 1000;
  }

  #open(start: number): Bucket {
    return new Bucket(start, this.#columns, this.#statistics);
  }
}

interface Place {
  readonly numbers: Float64Array;
  readonly reasons: Uint8Array;
  readonly offset: number;
}

interface Share {
  /** Seconds that a rate lasted in this bucket. */
  readonly weight: number;
  /** Whether the sample itself does. */
  readonly isSample: boolean;
}

class Bucket {
  readonly start: number;
  readonly texts = new Map<number, string>();
  readonly #columns: readonly ResampledColumn[];
  readonly #statistics: readonly Statistic[];
  readonly #sums: Float64Array;
  readonly #weights: Float64Array;
  readonly #reasons: Uint8Array;
  /** Where more than the mean is asked for. */
  readonly #values: number[][];

  constructor(start: number, columns: readonly ResampledColumn[], statistics: readonly Statistic[]) {
    this.start = start;
    this.#columns = columns;
    this.#statistics = statistics;
    this.#sums = new Float64Array(columns.length);
    this.#weights = new Float64Array(columns.length);
    this.#reasons = new Uint8Array(columns.length);
    this.#values = statistics.some((one) => one !== 'mean') ? columns.map(() => []) : [];
  }

  add({ numbers, reasons, offset }: Place, { weight, isSample }: Share): void {
    for (let column = 0; column < this.#sums.length; column += 1) {
      const value = numbers[offset + column] as number;
      const reason = reasons[offset + column] as number;
      if (isSample && reason !== 0) this.#reasons[column] = reason;
      if (Number.isNaN(value)) continue;
      const isRate = this.#columns[column]?.kind === 'rate';
      const counts = isRate ? weight : Number(isSample);
      if (!(counts > 0)) continue;
      this.#sums[column] = (this.#sums[column] as number) + value * counts;
      this.#weights[column] = (this.#weights[column] as number) + counts;
      this.#values[column]?.push(value);
    }
  }

  finish(): Resampled {
    const numbers: number[] = [];
    const reasons: number[] = [];
    const texts = new Map<number, string>();
    for (const [column, { kind }] of this.#columns.entries()) {
      const text = this.texts.get(column);
      if (text !== undefined) texts.set(numbers.length, text);
      for (const value of kind === 'text' ? [Number.NaN] : this.#statisticsOf(column)) {
        numbers.push(value);
        reasons.push(Number.isNaN(value) && text === undefined ? this.#reasons[column] || NOT_THERE : 0);
      }
    }
    return { timestamp: this.start, numbers: Float64Array.from(numbers), reasons: Uint8Array.from(reasons), texts };
  }

  #statisticsOf(column: number): number[] {
    const sorted = Float64Array.from(this.#values[column] ?? []).sort();
    return this.#statistics.map((one) => (one === 'mean' ? this.#mean(column) : statisticOf(one, sorted)));
  }

  #mean(column: number): number {
    return (this.#sums[column] as number) / (this.#weights[column] as number); // 0 / 0: none
  }
}

/** Its values lie in other buckets. */
const NOT_THERE = codeOf('absent');

function statisticOf(statistic: Exclude<Statistic, 'mean'>, sorted: Float64Array): number {
  if (sorted.length === 0) return Number.NaN;
  if (statistic === 'min') return sorted[0] as number;
  if (statistic === 'max') return sorted.at(-1) as number;
  return quantileOf(sorted, Number(statistic.slice(1)) / 100);
}
