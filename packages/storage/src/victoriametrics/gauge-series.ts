import type { Series } from '../store.ts';
import type { SteppedRow, Steps } from './engine.ts';
import type { Found, GaugeFunction } from './series.ts';

/** A gauge whose values may lie in several series: of several runs, and of several sizes. */
export function gaugeSeries(field: string, found: Found<GaugeFunction>, { count }: Steps): Series {
  const rows = (name: GaugeFunction): readonly SteppedRow[] => found[name].get(field) ?? [];
  const means = rows('avg_over_time');
  const counts = new Map(rows('count_over_time').map((row) => [keyOf(row), row.values]));
  const steps = Array.from({ length: count }, (_, at) => at);
  return {
    field,
    kind: 'gauge',
    min: steps.map((at) => extreme(rows('min_over_time'), at, Math.min)),
    mean: steps.map((at) => {
      const weighed = means.map((row) => ({
        mean: row.values[at] as number,
        weight: counts.get(keyOf(row))?.[at] ?? 0,
      }));
      return meanOf(weighed.filter(({ weight }) => weight > 0));
    }),
    max: steps.map((at) => extreme(rows('max_over_time'), at, Math.max)),
  };
}

function extreme(rows: readonly SteppedRow[], at: number, choose: (a: number, b: number) => number): number | null {
  const values = rows.map((row) => row.values[at] as number).filter((value) => !Number.isNaN(value));
  return values.length === 0 ? null : values.reduce((a, b) => choose(a, b));
}

function meanOf(weighed: readonly { readonly mean: number; readonly weight: number }[]): number | null {
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  return total === 0 ? null : weighed.reduce((sum, { mean, weight }) => sum + mean * (weight / total), 0);
}

/** The same series in the answers of two functions. */
export function keyOf({ metric: { run, scale } }: SteppedRow): string {
  return JSON.stringify([run, scale]);
}
