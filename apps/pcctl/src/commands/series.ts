import type { contract } from '@perfcollector/api';
import { choice, command, type Io, option, UserError, when } from '@perfcollector/cli';
import { isTerminal } from '@perfcollector/cli/screen';
import { serverOptions, withServer } from '../connect.ts';
import { machineArgument } from '../machine-argument.ts';
import { type ChartSetup, plotPoints } from '../series/chart.ts';
import { seriesCharts, seriesCsv, seriesTable } from '../series/forms.ts';

const FORMS = ['auto', 'chart', 'table', 'csv'] as const;
type Form = Exclude<(typeof FORMS)[number], 'auto'>;

/** How many lines a table has where nobody says. */
const TABLE_POINTS = 24;
const CSV_POINTS = 500;

/** How fields of a machine went over time. */
export const series = command({
  args: [
    machineArgument,
    {
      name: '<field...>',
      about: 'Names as `pcc sources` tells them, each with any number of *: cpu_user "disk_*_reads".',
    },
  ],
  options: {
    ...serverOptions,
    from: when({
      flag: '--from <time>',
      about: 'First moment, as export takes it; a day before the last where it is not given.',
    }),
    to: when({ flag: '--to <time>', about: 'Last moment; now where it is not given.' }),
    points: option({
      flag: '--points <count>',
      about: 'Into how many steps the time is divided at most; what fits where it is not given.',
      parse: parsePoints,
    }),
    format: choice({
      flag: '--format <form>',
      fallback: 'auto',
      choices: FORMS,
      about: 'chart, table or csv; a chart on a terminal, else a table.',
    }),
  },
  run: ({ from, to, points, format, ...options }, { io, args: [id = '', ...fields] }) =>
    withServer(options, io, async (client) => {
      const found = await client.series(id, {
        fields,
        from,
        to,
        points: points ?? usualPoints(formOf(format, io), io),
      });
      if (found.series.length > 0) return found;
      const hint = 'See which fields there are: pcc sources, and the columns of an export.';
      throw new UserError('NO_FIELD', `${id} has no field ${fields.join(', ')} in this time`, { hint });
    }),
  print: (found, { format }, { io }) => draw(found, formOf(format, io), io),
});

function formOf(format: Form | 'auto', { stdout }: Io): Form {
  if (format !== 'auto') return format;
  return isTerminal(stdout) ? 'chart' : 'table';
}

function usualPoints(form: Form, io: Io): number {
  if (form === 'chart') return plotPoints(chartSetup(io));
  return form === 'table' ? TABLE_POINTS : CSV_POINTS;
}

function draw(found: contract.SeriesReply, form: Form, io: Io): string {
  if (form === 'chart') return seriesCharts(found, chartSetup(io));
  return form === 'table' ? seriesTable(found) : seriesCsv(found);
}

/** One chart a fifth of a usual screen, so that several stand below one another. */
const CHART_HEIGHT = 8;

function chartSetup({ stdout, env }: Io): ChartSetup {
  const width = isTerminal(stdout) ? stdout.columns || 80 : 80;
  const encoding = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return { width: Math.min(width, 200), height: CHART_HEIGHT, isAscii: !/utf-?8/i.test(encoding) };
}

function parsePoints(text: string): number {
  const points = Number(text);
  if (/^\d{1,5}$/.test(text) && points >= 1 && points <= 10_000) return points;
  throw new Error(`${JSON.stringify(text)} is no number of steps; expected 1 to 10000`);
}
