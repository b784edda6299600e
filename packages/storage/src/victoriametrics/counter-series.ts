import type { Series } from '../store.ts';
import type { SteppedRow, Steps } from './engine.ts';
import { keyOf } from './gauge-series.ts';
import type { CounterFunction, Found } from './series.ts';

/** What one series has in one step. Times are Unix seconds. */
interface Stretch {
  readonly first: number;
  readonly last: number;
  readonly begin: number;
  readonly end: number;
  /** From its first to its last value, and on where it began anew. */
  readonly increase: number;
}

/**
 * A counter that may lie in several series, of several runs of the agent, one after the other: the counter is the kernel's
 * and goes on between them. Of two runs at one time one is followed.
 */
export function counterSeries(field: string, found: Found<CounterFunction>, { count }: Steps): Series {
  const stretches = stretchesOf(field, found, count);
  const increase: (number | null)[] = [];
  const rate: (number | null)[] = [];
  let before: Stretch | undefined;
  for (const step of stretches) {
    let [moved, seconds] = [0, 0];
    for (const stretch of step.sort((a, b) => a.begin - b.begin)) {
      if (before && stretch.begin <= before.end) continue;
      moved += stretch.increase + (before ? increaseBetween(before, stretch) : 0);
      seconds += stretch.end - (before?.end ?? stretch.begin);
      before = stretch;
    }
    increase.push(seconds > 0 ? moved : null);
    rate.push(seconds > 0 ? moved / seconds : null);
  }
  return { field, kind: 'counter', increase, rate };
}

/** A counter that fell began anew at 0. */
function increaseBetween(before: Stretch, { first }: Stretch): number {
  return first >= before.last ? first - before.last : first;
}

function stretchesOf(field: string, found: Found<CounterFunction>, count: number): Stretch[][] {
  const steps = Array.from({ length: count }, (): Stretch[] => []);
  const valuesOf = (name: CounterFunction) =>
    new Map((found[name].get(field) ?? []).map((row: SteppedRow) => [keyOf(row), row.values]));
  const [last, begin, end, increase] = (
    ['last_over_time', 'tfirst_over_time', 'tlast_over_time', 'increase_prometheus'] as const
  ).map(valuesOf);
  for (const [key, firsts] of valuesOf('first_over_time')) {
    const at = (values: typeof last, step: number) => values?.get(key)?.[step] ?? Number.NaN;
    for (const [step, first] of firsts.entries()) {
      if (Number.isNaN(first)) continue;
      const rise = at(increase, step); // none where the step has one value
      steps[step]?.push({
        first,
        last: at(last, step),
        begin: at(begin, step),
        end: at(end, step),
        increase: Number.isNaN(rise) ? 0 : rise,
      });
    }
  }
  return steps;
}
