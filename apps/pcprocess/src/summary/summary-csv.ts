import { stringify } from 'csv-stringify/sync';
import { type MetricSummary, PROBABILITIES } from './metric-summary.ts';
import type { MachineSummary } from './summary-sink.ts';

const MEMBERS = [
  ...['metric', 'unit', 'count', 'na', 'min', 'mean'],
  ...Object.keys(PROBABILITIES),
  ...['max', 'sd', 'approximate'],
] as (keyof MetricSummary)[];

/** A line a metric, as R reads it. */
export function summaryCsv(machines: readonly MachineSummary[]): string {
  const rows = machines.flatMap(({ machine, metrics }) =>
    metrics.map((metric) => [machine, ...MEMBERS.map((member) => cellOf(metric[member]))]),
  );
  return stringify([['machine_id', ...MEMBERS], ...rows]);
}

function cellOf(value: MetricSummary[keyof MetricSummary]): string {
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  return value === null ? 'NA' : String(value);
}
