import { choice, duration, onOff, option, text, toggle, UsageError, type Values } from '@perfcollector/cli';
import { inputOptions, namesIn } from '../input/options.ts';
import { LAYOUTS, type LayoutName } from '../layouts/index.ts';
import { portalOptions } from '../layouts/portal/options.ts';
import { sarOptions } from '../layouts/sar/options.ts';
import type { TableChoice } from '../table/columns.ts';
import type { Statistic } from '../table/resample.ts';
import type { Resampling } from './layouts.ts';

/** What a conversion makes, and of what. */
export const tableOptions = {
  layout: choice({
    flag: '--layout <name>',
    fallback: 'wide',
    choices: LAYOUTS,
    about:
      "What to make: wide (a row a sample), long (a row a value), parquet (wide, in typed columns), sar (perfcollector2's directory), portal (what its portal imports), raw (the lines that perfcollector2 records).",
  }),
  to: option({
    flag: '--to <time>',
    about: 'Leave out what is at this time or after it; `--to raw` is `--layout raw`.',
    parse: (value) => (value === 'raw' ? value : inputOptions.to.parse(value)),
  }),
  columns: option({
    flag: '--columns <names>',
    isList: true,
    about: 'These columns alone; * and ? stand for any part of a name.',
    parse: namesIn,
  }),
  exclude: option({
    flag: '--exclude <names>',
    isList: true,
    about: 'Without these columns; * and ? as above.',
    parse: namesIn,
  }),
  rates: onOff({ flag: '--rates', about: 'What counters moved a second; --no-rates leaves it out.' }),
  counters: onOff({ flag: '--counters', about: 'Counters as the kernel has them; --no-counters leaves them out.' }),
  units: choice({
    flag: '--units <units>',
    fallback: 'kib',
    choices: ['kib', 'bytes'],
    about: 'How sizes that the kernel tells in KiB are given: kib or bytes.',
  }),
  interval: duration({
    flag: '--interval <duration>',
    least: '1ms',
    about: 'One row for each interval of this length instead of each sample.',
  }),
  stats: option({
    flag: '--stats <names>',
    isList: true,
    fallback: 'mean',
    about: 'What to tell of each interval: mean, min, max, p95 and other percentiles.',
    parse: (value) => namesIn(value).map(parseStatistic),
  }),
  timeZone: option({
    flag: '--tz <zone>',
    about: 'Add a column with the time as it was told there: Europe/Berlin, UTC, local.',
    parse: parseZone,
  }),
  ...sarOptions,
  ...portalOptions,
  outdir: text({
    flag: '--outdir <dir>',
    env: 'PCR_OUTDIR',
    fallback: '.',
    about: 'Where the tables go; it is made if need be.',
  }),
  force: toggle({ flag: '--force', about: 'Replace files in the output directory that pcprocess did not write, too.' }),
};

export type TableValues = Values<typeof tableOptions>;

/** Of a longer interval counters as they were at some moment of it would say nothing. */
export function choiceOf({ columns, exclude = [], rates, counters, units, interval }: TableValues): TableChoice {
  return { columns, exclude, rates, counters: counters && interval === undefined, units };
}

export function resamplingOf({ interval, stats }: TableValues): Resampling | undefined {
  if (interval === undefined) return undefined;
  if (!Number.isFinite(interval)) throw new UsageError('--interval: it must end');
  return { interval: interval / 1000, statistics: [...new Set(stats)] };
}

/** An option that would be passed over in silence is told instead. @throws UsageError */
export function checkGoTogether(layout: LayoutName, values: TableValues): void {
  if (values.to === 'raw' && values.layout !== 'raw' && values.layout !== tableOptions.layout.fallback)
    throw clash(`--to raw does not go with --layout ${values.layout}`);
  const wrong = OPTIONS_OF_LAYOUTS.find(
    ({ layouts, isGiven }) => !layouts.some((one) => one === layout) && isGiven(values),
  );
  if (wrong) throw clash(`${wrong.flag} does not go with --layout ${layout}`);
  if (values.interval === undefined && isOtherThanMean(values))
    throw new UsageError('--stats tells of intervals', 'Say how long they are with --interval.');
}

/** The rows and columns of sar, portal and raw are what other programs know. */
const OWN = ['wide', 'long', 'parquet'] as const;

const OPTIONS_OF_LAYOUTS: readonly {
  readonly flag: string;
  readonly layouts: readonly LayoutName[];
  readonly isGiven: (values: TableValues) => boolean;
}[] = [
  { flag: '--columns', layouts: OWN, isGiven: ({ columns }) => columns !== undefined },
  { flag: '--exclude', layouts: OWN, isGiven: ({ exclude }) => exclude !== undefined },
  { flag: '--interval', layouts: OWN, isGiven: ({ interval }) => interval !== undefined },
  { flag: '--stats', layouts: OWN, isGiven: isOtherThanMean },
  { flag: '--tz', layouts: OWN, isGiven: ({ timeZone }) => timeZone !== undefined },
  { flag: '--units bytes', layouts: OWN, isGiven: ({ units }) => units === 'bytes' },
  { flag: '--no-rates', layouts: OWN, isGiven: ({ rates }) => !rates },
  { flag: '--no-counters', layouts: OWN, isGiven: ({ counters }) => !counters },
  { flag: '--container-names', layouts: ['sar'], isGiven: ({ containerNames }) => containerNames !== undefined },
  { flag: '--disk', layouts: ['portal'], isGiven: ({ disk }) => disk !== undefined },
  { flag: '--iface', layouts: ['portal'], isGiven: ({ iface }) => iface !== undefined },
];

function isOtherThanMean({ stats }: TableValues): boolean {
  return stats.some((one) => one !== 'mean');
}

function clash(message: string): UsageError {
  return new UsageError(message, 'Leave one of them out.');
}

function parseStatistic(word: string): Statistic {
  const percentile = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(word)?.[1];
  if (percentile !== undefined) return `p${Number(percentile)}`;
  if (word === 'mean' || word === 'min' || word === 'max') return word;
  throw new Error(`${JSON.stringify(word)} is not known; expected mean, min, max, or a percentile such as p95`);
}

function parseZone(value: string): string {
  const zone = value === 'local' ? Intl.DateTimeFormat().resolvedOptions().timeZone : value;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone && zone;
  } catch (cause) {
    throw new Error(`${JSON.stringify(value)} is no time zone; expected one such as Europe/Berlin, UTC or local`, {
      cause,
    });
  }
}
