import type { Readings } from '../readings/readings.ts';

/** Least, mean and most of a reading; the mean weighs each value with its time. */
export interface Spread {
  readonly min: number;
  readonly mean: number;
  readonly max: number;
}

type Name = Exclude<keyof Readings, 'seconds'>;

/** Sums up the readings of a run. */
export class Totals {
  readonly #spreads = new Map<Name, { min: number; max: number; sum: number; weight: number }>();

  add(readings: Readings): void {
    const { seconds, ...values } = readings;
    if (seconds === undefined) return;
    for (const [name, value] of Object.entries(values) as [Name, number | undefined][]) {
      if (value === undefined) continue;
      const spread = this.#spreads.get(name) ?? { min: value, max: value, sum: 0, weight: 0 };
      this.#spreads.set(name, {
        min: Math.min(spread.min, value),
        max: Math.max(spread.max, value),
        sum: spread.sum + value * seconds,
        weight: spread.weight + seconds,
      });
    }
  }

  /** Undefined where there was no such reading. */
  of(name: Name): Spread | undefined {
    const spread = this.#spreads.get(name);
    return spread && { min: spread.min, mean: spread.sum / spread.weight, max: spread.max };
  }
}
