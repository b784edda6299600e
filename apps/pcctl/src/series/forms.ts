import type { contract } from '@perfcollector/api';
import { formatTable, formatTime } from '@perfcollector/cli';
import { stringify } from 'csv-stringify/sync';
import { type ChartSetup, drawChart, shortNumber } from './chart.ts';

type Series = contract.Series;
type Values = readonly (number | null)[];

/** What of a series is shown where one number is: of a gauge its mean, of a counter how fast it moved. */
function lineOf(series: Series): Values {
  return series.kind === 'gauge' ? series.mean : series.rate;
}

function unitOf({ kind, unit }: Series): string {
  if (kind === 'gauge') return unit ?? '';
  return unit === null ? 'a second' : `${unit}/s`;
}

/** A chart a series, each with its least, mean and most. */
export function seriesCharts({ times, step, series }: contract.SeriesReply, setup: ChartSetup): string {
  const ends: [string, string] = [formatTime(times[0]), formatTime((times.at(-1) ?? 0) + step)];
  const charts = series.map((one) => [titleOf(one), ...drawChart({ values: lineOf(one), ends }, setup)].join('\n'));
  return `${charts.join('\n\n')}\n`;
}

function titleOf(series: Series): string {
  const unit = unitOf(series);
  const spread = spreadOf(series);
  const numbers =
    spread && `min ${shortNumber(spread.min)}, mean ${shortNumber(spread.mean)}, max ${shortNumber(spread.max)}`;
  return [series.field, unit && `(${unit})`, numbers].filter(Boolean).join(' ');
}

function spreadOf(series: Series): { min: number; mean: number; max: number } | undefined {
  const known = (values: Values) => values.filter((value) => value !== null);
  const line = known(lineOf(series));
  if (line.length === 0) return undefined;
  const [low, high] = series.kind === 'gauge' ? [known(series.min), known(series.max)] : [line, line];
  const mean = line.reduce((sum, value) => sum + value, 0) / line.length;
  const least = low.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return { min: least, mean, max: high.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY) };
}

/** A row a step, a column a series. */
export function seriesTable({ times, series }: contract.SeriesReply): string {
  const heading = series.map((one) => [one.field, unitOf(one)].filter(Boolean).join(' '));
  const rows = times.map((time, at) => [
    formatTime(time),
    ...series.map((one) => {
      const value = lineOf(one)[at];
      return typeof value === 'number' ? Number(value.toPrecision(6)) : '-';
    }),
  ]);
  return formatTable([['TIME', ...heading], ...rows]);
}

const CSV_HEADING = 'timestamp machine_id field unit kind min mean max increase rate'.split(' ');

/** A row a step and series; what a kind does not have is NA, as everywhere. */
export function seriesCsv({ id, times, series }: contract.SeriesReply): string {
  const rows = series.flatMap((one) =>
    times.map((time, at) => {
      const numbers =
        one.kind === 'gauge' ? [one.min, one.mean, one.max, [], []] : [[], [], [], one.increase, one.rate];
      return [time, id, one.field, one.unit ?? 'NA', one.kind, ...numbers.map((values) => values[at] ?? 'NA')];
    }),
  );
  return stringify([CSV_HEADING, ...rows]);
}
