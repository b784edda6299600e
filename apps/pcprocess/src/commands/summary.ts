import { tmpdir } from 'node:os';
import { choice, command, type Io, option, toggle, UserError } from '@perfcollector/cli';
import { isTerminal } from '@perfcollector/cli/screen';
import { readRows } from '../convert/convert-collections.ts';
import { problemsOf } from '../input/first-reading.ts';
import { type Gathered, withInputs } from '../input/gather.ts';
import { type InputValues, inputArgument, inputOptions, selectionOf } from '../input/options.ts';
import { readProgress } from '../input/read-progress.ts';
import { interruptible } from '../output/write-collection.ts';
import { HEADLINE_PATTERNS, headline } from '../summary/headline.ts';
import { RELATIVE_ERROR } from '../summary/sketch.ts';
import { isUnicodeLocale } from '../summary/sparkline.ts';
import { summaryCsv } from '../summary/summary-csv.ts';
import { type MachineSummary, openSummary } from '../summary/summary-sink.ts';
import { summaryTable } from '../summary/summary-table.ts';
import { Budget } from '../summary/values.ts';

/** 128 MiB. */
const MOST_VALUES = 16 * 1024 * 1024;

interface Summary {
  readonly machines: readonly MachineSummary[];
  /** Of percentiles where a metric is approximate. */
  readonly relative_error: number;
  readonly problems: readonly string[];
}

const patterns = (flag: string, about: string) =>
  option({ flag, about, isList: true, parse: (value) => value.split(',').filter(Boolean) });

const options = {
  ...inputOptions,
  columns: patterns('--columns <names>', 'These metrics alone; * and ? stand for any part of a name.'),
  exclude: patterns('--exclude <names>', 'Not these metrics.'),
  isAll: toggle({
    flag: '--all',
    about: 'All metrics, also in the table, which else shows what matters most and moves.',
  }),
  format: choice({
    flag: '--format <format>',
    fallback: 'table',
    choices: ['table', 'csv', 'json'],
    about: 'table, csv, json; csv and json have all metrics.',
  }),
};

/**
 * Sums metrics up: rates, shares of time and gauges, as the tables have them. Percentiles are those of R's quantile (type 7), exact
 * while all values together are 16 million or fewer, beyond that within 0.2 % (`approximate`).
 */
export const summary = command({
  args: [inputArgument],
  options,
  run({ columns, exclude = [], isAll, format, ...values }, { io, args, isJson }): Promise<Summary> {
    const isHeadline = format === 'table' && !isJson && !isAll && columns === undefined;
    const chosen = { columns: isHeadline ? HEADLINE_PATTERNS : columns, exclude };
    return interruptible(io, 'not everything was read', () =>
      withInputs({ args, values, io, spillTo: tmpdir() }, async (gathered) => {
        const summed = await sumUp(gathered, { io, values, chosen });
        if (!isHeadline) return summed;
        const machines = summed.machines.map((machine) => ({ ...machine, metrics: headline(machine.metrics) }));
        return { ...summed, machines };
      }),
    );
  },
  print(summed, { format, isAll, columns }, { io }) {
    if (format === 'json') return `${JSON.stringify(summed, null, 2)}\n`;
    if (format === 'csv') return summaryCsv(summed.machines);
    const look = { width: widthOf(io), isUnicode: isUnicodeLocale(io.env) };
    const note = isAll || columns ? '' : '\nMore: --all, or --columns with names.\n';
    return summed.machines.map((machine) => summaryTable(machine, look)).join('\n') + note;
  },
  problems: ({ problems }) => problems,
});

interface Work {
  readonly io: Io;
  readonly values: InputValues;
  readonly chosen: { readonly columns: readonly string[] | undefined; readonly exclude: readonly string[] };
}

async function sumUp({ inputs, problems }: Gathered, { io, values, chosen }: Work): Promise<Summary> {
  const progress = readProgress(io, inputs);
  const budget = new Budget(MOST_VALUES);
  const machines: MachineSummary[] = [];
  try {
    const { reading } = await readRows(
      {
        inputs,
        selection: selectionOf(values),
        plan: { choice: { ...chosen, rates: true, counters: false, units: 'kib' }, timeZone: undefined },
        signal: io.signal,
        onReading: () => {},
        onBytes: progress.onBytes,
      },
      { open: ({ plan }) => openSummary(plan, budget, (machine) => machines.push(machine)), directory: tmpdir() },
    );
    const all = [...problems, ...problemsOf(reading)];
    if (machines.every(({ rows }) => rows === 0)) throw nothing(all);
    const ordered = machines.toSorted((a, b) => (a.machine < b.machine ? -1 : 1));
    return { machines: ordered, relative_error: RELATIVE_ERROR, problems: all };
  } finally {
    progress.close();
  }
}

function nothing(problems: readonly string[]): UserError {
  return new UserError('NO_SAMPLES', `there is nothing to sum up\n${problems.join('\n')}`, {
    hint: 'Name collections that pcc, pcctl export or perfcollector2 wrote.',
  });
}

/** A terminal that was not told its size (a serial line) says 0. */
function widthOf({ stdout }: Io): number {
  return isTerminal(stdout) ? stdout.columns || 80 : Number.POSITIVE_INFINITY;
}
