import type { Series } from '../store.ts';
import type { Engine } from './engine.ts';
import { type FieldRow, type FieldsQuestion, fieldRows } from './field-rows.ts';

const FUNCTIONS = ['min_over_time', 'avg_over_time', 'max_over_time', 'count_over_time'] as const;
type GaugeRow = FieldRow<(typeof FUNCTIONS)[number]>;

/** Gauges, whose values may lie in several series each: of several runs, and of several sizes. */
export async function gaugesOf(engine: Engine, question: FieldsQuestion): Promise<Series[]> {
  const steps = Array.from({ length: question.steps.count }, (_, at) => at);
  const found = await fieldRows(engine, question, FUNCTIONS);
  return [...found].map(([field, rows]) => ({
    field,
    kind: 'gauge',
    min: steps.map((at) => extreme(there(rows, 'min_over_time', at), Math.min)),
    mean: steps.map((at) => mean(rows, at)),
    max: steps.map((at) => extreme(there(rows, 'max_over_time', at), Math.max)),
  }));
}

function there(rows: readonly GaugeRow[], name: (typeof FUNCTIONS)[number], at: number): number[] {
  return rows.map(({ values }) => values[name][at] as number).filter((value) => !Number.isNaN(value));
}

function extreme(values: readonly number[], choose: (a: number, b: number) => number): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => choose(a, b));
}

/** Each series counts by its samples. */
function mean(rows: readonly GaugeRow[], at: number): number | null {
  const counts = there(rows, 'count_over_time', at);
  const means = there(rows, 'avg_over_time', at);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return total === 0 ? null : means.reduce((sum, one, row) => sum + one * ((counts[row] ?? 0) / total), 0);
}
