import { option, text, type Values, when } from '@perfcollector/cli';

/** What stands for standard input on the command line. */
export const STDIN = '-';

/** What every command that reads collections takes. */
export const inputArgument = {
  name: '[file...]',
  about: `Collections, packed or not, of any age and agent; directories and patterns of them; ${STDIN} is standard input.`,
};

export const inputOptions = {
  collection: text({
    flag: '--collection <file>',
    env: 'PCR_COLLECTION',
    about: 'The collection, where none is named as an argument.',
  }),
  identifier: text({
    flag: '--identifier <name>',
    about: "The machine's name, for collections that do not say it; else their file's name is used.",
  }),
  from: when({ flag: '--from <time>', about: 'Leave out what is before this time.' }),
  to: when({ flag: '--to <time>', about: 'Leave out what is at this time or after it.' }),
  machines: option({
    flag: '--machine <names>',
    isList: true,
    about: 'These machines alone; * and ? stand for any part of a name.',
    parse: (value) => patternOf(namesIn(value)),
  }),
  runs: option({
    flag: '--run <ids>',
    isList: true,
    about: 'These runs alone; the first characters of an id are enough.',
    parse: namesIn,
  }),
};

export type InputValues = Values<typeof inputOptions>;

/** Of what is in the inputs, what is wanted. Times choose rows, not samples: the sample before the first row is its base. */
export interface Selection {
  readonly from: number;
  readonly to: number;
  readonly isMachine: (machine: string) => boolean;
  readonly isRun: (run: string | undefined) => boolean;
}

export function selectionOf({ from, to, machines, runs }: InputValues): Selection {
  return {
    from: from ?? Number.NEGATIVE_INFINITY,
    to: to ?? Number.POSITIVE_INFINITY,
    isMachine: (machine) => machines?.test(machine) ?? true,
    isRun: (run) => runs === undefined || (run !== undefined && runs.some((id) => run.startsWith(id))),
  };
}

/** Names with commas between them. @throws where there is none */
export function namesIn(value: string): string[] {
  const names = value.split(',').filter(Boolean);
  if (names.length === 0)
    throw new Error(`${JSON.stringify(value)} names nothing; expected names with commas between them`);
  return names;
}

/** Shell patterns, any of which may fit the whole name. */
export function patternOf(patterns: readonly string[]): RegExp {
  const one = (pattern: string) =>
    pattern
      .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
  return new RegExp(`^(?:${patterns.map(one).join('|')})$`, 'su');
}
