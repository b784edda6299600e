import { type TablePlan, workOut } from '../engine/plan.ts';
import type { RowSink } from '../output/row-sink.ts';
import { type MetricSummary, MetricTally } from './metric-summary.ts';
import type { Budget } from './values.ts';

/** What was summed up of one machine. */
export interface MachineSummary {
  readonly machine: string;
  readonly rows: number;
  /** Unix seconds. */
  readonly first: number | null;
  readonly last: number | null;
  readonly metrics: readonly MetricSummary[];
}

/** Sums up the rows of one machine instead of writing them. */
export function openSummary(plan: TablePlan, budget: Budget, use: (summary: MachineSummary) => void): RowSink {
  const { columns } = workOut(plan);
  const tallies = columns.map(({ name, unit, column: { info } }) =>
    info?.spec.kind === 'label' ? undefined : new MetricTally({ metric: name, unit }, budget),
  );
  const times: { first: number | null; last: number | null } = { first: null, last: null };
  let rows = 0;
  return {
    names: columns.map(({ name }) => name),
    write(output, na) {
      const { timestamps } = na;
      if (output.kind !== 'numbers') throw new Error('BUG: rows of text cannot be summed up');
      for (const [row, timestamp] of timestamps.entries())
        for (let column = 0; column < tallies.length; column += 1)
          tallies[column]?.add(timestamp, output.numbers[row * tallies.length + column] as number);
      rows += timestamps.length;
      times.first ??= timestamps[0] ?? null;
      times.last = timestamps.at(-1) ?? times.last;
      return na;
    },
    finish() {
      const known = tallies.filter((tally) => tally !== undefined);
      use({ machine: plan.machine, rows, ...times, metrics: known.map((tally) => tally.report()) });
      return { fields: [] };
    },
    discard() {
      for (const tally of tallies) tally?.release();
    },
  };
}
