import { choice, onOff, option, text, toggle, type Values } from '@perfcollector/cli';
import { LAYOUTS } from '../layouts/index.ts';
import type { TableChoice } from '../table/columns.ts';

/** What a conversion makes, and of what. */
export const tableOptions = {
  layout: choice({
    flag: '--layout <name>',
    fallback: 'wide',
    choices: LAYOUTS,
    about: 'What to make: wide (a row a sample), long (a row a value).',
  }),
  columns: option({
    flag: '--columns <names>',
    isList: true,
    about: 'These columns alone; * and ? stand for any part of a name.',
    parse: (value) => value.split(',').filter(Boolean),
  }),
  exclude: option({
    flag: '--exclude <names>',
    isList: true,
    about: 'Without these columns; * and ? as above.',
    parse: (value) => value.split(',').filter(Boolean),
  }),
  rates: onOff({ flag: '--rates', about: 'What counters moved a second; --no-rates leaves it out.' }),
  counters: onOff({ flag: '--counters', about: 'Counters as the kernel has them; --no-counters leaves them out.' }),
  units: choice({
    flag: '--units <kib|bytes>',
    fallback: 'kib',
    choices: ['kib', 'bytes'],
    about: 'How sizes that the kernel tells in KiB are given.',
  }),
  timeZone: option({
    flag: '--tz <zone>',
    about: 'Add a column with the time as it was told there: Europe/Berlin, UTC, local.',
    parse: parseZone,
  }),
  outdir: text({
    flag: '--outdir <dir>',
    env: 'PCR_OUTDIR',
    fallback: '.',
    about: 'Where the tables go; it is made if need be.',
  }),
  force: toggle({ flag: '--force', about: 'Replace files in the output directory that pcprocess did not write, too.' }),
};

export type TableValues = Values<typeof tableOptions>;

export function choiceOf({ columns, exclude = [], rates, counters, units }: TableValues): TableChoice {
  return { columns, exclude, rates, counters, units };
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
