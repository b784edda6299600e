import { Course } from './course.ts';
import { type Budget, MetricValues } from './values.ts';

export const PROBABILITIES = { p50: 0.5, p75: 0.75, p90: 0.9, p95: 0.95, 'p97.5': 0.975, p99: 0.99 } as const;
type Percentile = keyof typeof PROBABILITIES;
const PERCENTILES = Object.keys(PROBABILITIES) as Percentile[];

/** A metric in some numbers; those that do not exist are null. */
export interface MetricSummary extends Record<Percentile, number | null> {
  readonly metric: string;
  readonly unit: string;
  /** Values, and rows without one. */
  readonly count: number;
  readonly na: number;
  readonly min: number | null;
  readonly mean: number | null;
  readonly max: number | null;
  /** Standard deviation of a sample: over count less 1. */
  readonly sd: number | null;
  /** Percentiles are within the relative error of the true ones; everything else is exact. */
  readonly approximate: boolean;
  /** Means over stretches of equal time. */
  readonly course: readonly (number | null)[];
}

/** How many stretches the course has that is told. */
const COURSE = 32;

/** Gathers the values of one metric. */
export class MetricTally {
  readonly #of: { readonly metric: string; readonly unit: string };
  readonly #values: MetricValues;
  readonly #course = new Course();
  #count = 0;
  #na = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #mean = 0;
  /** Sum of the squared differences from the mean, kept up as values come (Welford 1962). */
  #squares = 0;

  constructor(of: { metric: string; unit: string }, budget: Budget) {
    this.#of = of;
    this.#values = new MetricValues(budget);
  }

  /** @param value NaN where there is none */
  add(time: number, value: number): void {
    if (Number.isNaN(value)) {
      this.#na += 1;
      return;
    }
    this.#count += 1;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    const off = value - this.#mean;
    this.#mean += off / this.#count;
    this.#squares += off * (value - this.#mean);
    this.#values.add(value);
    this.#course.add(time, value);
  }

  report(): MetricSummary {
    const count = this.#count;
    const quantiles = count > 0 ? this.#values.quantiles(Object.values(PROBABILITIES)) : [];
    this.release();
    const percentiles = Object.fromEntries(PERCENTILES.map((name, at) => [name, this.#within(quantiles[at])]));
    return {
      ...this.#of,
      count,
      na: this.#na,
      min: count > 0 ? this.#min : null,
      mean: count > 0 ? this.#mean : null,
      ...(percentiles as Record<Percentile, number | null>),
      max: count > 0 ? this.#max : null,
      sd: count > 1 ? Math.sqrt(this.#squares / (count - 1)) : null,
      approximate: this.#values.isApproximate,
      course: this.#course.means(COURSE),
    };
  }

  /** Its values are needed no more. */
  release(): void {
    this.#values.release();
  }

  /** What is within an error of the true value is not beyond what there is. */
  #within(value: number | undefined): number | null {
    return value === undefined ? null : Math.min(Math.max(value, this.#min), this.#max);
  }
}
