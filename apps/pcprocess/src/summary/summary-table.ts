import { counted, formatTime } from '@perfcollector/cli';
import { cut, fit, widthOf } from '@perfcollector/cli/screen';
import type { MetricSummary } from './metric-summary.ts';
import { RELATIVE_ERROR } from './sketch.ts';
import { sparkline } from './sparkline.ts';
import type { MachineSummary } from './summary-sink.ts';

interface Column {
  readonly heading: string;
  readonly side: 'left' | 'right';
  readonly cell: (summary: MetricSummary) => string;
}

const number = (heading: keyof MetricSummary & string): Column => ({
  heading,
  side: 'right',
  cell: (summary) => compact(summary[heading] as number | null),
});
const count = (heading: string, member: 'count' | 'na'): Column => ({
  heading,
  side: 'right',
  cell: (summary) => String(summary[member]),
});

const COLUMNS: readonly Column[] = [
  { heading: 'metric', side: 'left', cell: ({ metric, approximate }) => `${metric}${approximate ? ' ~' : ''}` },
  { heading: 'unit', side: 'left', cell: ({ unit }) => unit },
  ...(['min', 'mean', 'p50', 'p75', 'p90', 'p95', 'p97.5', 'p99', 'max', 'sd'] as const).map(number),
  count('n', 'count'),
  count('NA', 'na'),
];
/** What goes first where a terminal is narrow. */
const DISPENSABLE = ['p97.5', 'NA', 'p75', 'n', 'p90', 'unit', 'sd', 'p99', 'min', 'p50'];
const LONGEST_NAME = 44;
const GAP = '  ';
const LEAST_COURSE = 8;
const MOST_COURSE = 32;

export interface Look {
  /** Columns of the terminal; infinite where there is none. */
  readonly width: number;
  readonly isUnicode: boolean;
}

/** A machine's metrics as a table, as wide as the terminal allows, with how each goes over the time. */
export function summaryTable({ machine, rows, first, last, metrics }: MachineSummary, look: Look): string {
  const span = first === null ? '' : `, ${formatTime(first)} to ${formatTime(last)} UTC`;
  const heading = `${cut(machine, LONGEST_NAME)}: ${counted(rows, 'row')}${span}\n`;
  if (metrics.length === 0) return `${heading}  no metric moves\n`;
  const { columns, widths, course } = layOut(metrics, look.width);
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => fit(cell, widths[at] ?? 0, columns[at]?.side)).join(GAP);
  const lines = metrics.map((metric) => {
    const drawn = course > 0 ? GAP + sparkline(resampled(metric.course, course), look.isUnicode) : '';
    return `${line(columns.map(({ cell }) => cell(metric)))}${drawn}`.trimEnd();
  });
  const title = `${line(columns.map((column) => column.heading))}${course > 0 ? `${GAP}over time` : ''}`.trimEnd();
  const note = metrics.some(({ approximate }) => approximate)
    ? `~ percentiles within ${RELATIVE_ERROR * 100} %: there are more values than are kept\n`
    : '';
  return `${heading}${[title, ...lines].join('\n')}\n${note}`;
}

function layOut(metrics: readonly MetricSummary[], width: number) {
  const all = COLUMNS.map((column) => ({ column, width: columnWidth(column, metrics) }));
  const room = (chosen: typeof all) => width - chosen.reduce((sum, one) => sum + one.width + GAP.length, 0);
  let chosen = all;
  for (const heading of DISPENSABLE) {
    if (room(chosen) >= LEAST_COURSE) break;
    chosen = chosen.filter(({ column }) => column.heading !== heading);
  }
  const left = room(chosen);
  return {
    columns: chosen.map(({ column }) => column),
    widths: chosen.map((one) => one.width),
    course: left >= LEAST_COURSE ? Math.min(left, MOST_COURSE) : 0,
  };
}

function columnWidth({ heading, cell }: Column, metrics: readonly MetricSummary[]): number {
  const widest = metrics.reduce((most, metric) => Math.max(most, widthOf(cell(metric))), heading.length);
  return Math.min(widest, LONGEST_NAME);
}

function resampled(course: readonly (number | null)[], most: number): (number | null)[] {
  if (course.length <= most) return [...course];
  return Array.from({ length: most }, (_, at) => {
    const part = course.slice(Math.floor((at * course.length) / most), Math.floor(((at + 1) * course.length) / most));
    const known = part.filter((value) => value !== null);
    return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
  });
}

const SUFFIXES = ['', 'k', 'M', 'G', 'T', 'P', 'E'];
const DIGITS = 4;

/** Four digits and, for thousands, a letter: `12.35`, `1.235k`. */
export function compact(value: number | null): string {
  if (value === null) return '-';
  if (value === 0) return '0';
  const power = Math.floor(Math.log10(Math.abs(value)) / 3 + 1e-9);
  const at = Math.min(Math.max(power, 0), SUFFIXES.length - 1);
  const scaled = value / 1000 ** at;
  if (Math.abs(scaled) < 0.001) return scaled.toExponential(1);
  const text = scaled.toPrecision(DIGITS);
  const plain = text.includes('e') ? String(Math.round(scaled)) : text;
  return `${plain.includes('.') ? plain.replace(/\.?0+$/, '') : plain}${SUFFIXES[at]}`;
}
