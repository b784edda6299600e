import { createReadStream, statSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  codeOf,
  command,
  explain,
  type Io,
  makeDirectory,
  systemError,
  text,
  UsageError,
  UserError,
} from '@perfcollector/cli';
import { damageSentences } from '@perfcollector/collection';
import { type Input, inputAt, readSamples, type Spilled, STDIN, spill } from '../input.ts';
import { mergeByTime } from '../merge-by-time.ts';
import { type Survey, surveyInputs } from '../survey.ts';
import { type Table, WideTable } from '../wide-table.ts';

interface Converted {
  readonly tables: readonly Table[];
  /** What could not be read, as sentences; everything else is in the tables. */
  readonly problems: readonly string[];
}

/** Converts collections into wide CSV, one file a machine, in constant memory: read once for the columns, once for the rows. */
export const convert = command({
  args: [{ name: '[file...]', about: `Collections, packed or not, of any age and agent; ${STDIN} is standard input.` }],
  options: {
    collection: text({
      flag: '--collection <file>',
      env: 'PCR_COLLECTION',
      about: 'The collection, where none is named as an argument.',
    }),
    outdir: text({
      flag: '--outdir <dir>',
      env: 'PCR_OUTDIR',
      fallback: '.',
      about: 'Where the CSVs go; it is made if need be.',
    }),
    identifier: text({
      flag: '--identifier <name>',
      about: "The machine's name, for collections that do not say it; else their file's name is used.",
    }),
  },
  async run({ collection, outdir, identifier }, { io, args }): Promise<Converted> {
    const names = args.length > 0 ? args : [collection].filter((name) => name !== undefined);
    if (names.length === 0) throw new UsageError('no collection to convert', 'Name files, or set PCR_COLLECTION.');
    prepareDirectory(outdir);
    const spilled: Spilled[] = [];
    try {
      const { inputs, unreadable } = await gather(names, { identifier, outdir, io, spilled });
      const { tables, problems } = await convertAll(inputs, outdir, io);
      if (tables.length === 0) throw nothing([...unreadable, ...problems], names);
      return { tables, problems: [...unreadable, ...problems] };
    } catch (error) {
      throw io.signal.aborted ? new UserError('INTERRUPTED', 'interrupted: no CSV was written') : error;
    } finally {
      for (const input of spilled) input.remove();
    }
  },
  print: ({ tables }) => tables.map(describe).join(''),
  problems: ({ problems }) => problems,
});

function prepareDirectory(path: string): void {
  try {
    makeDirectory(resolve(path));
  } catch (error) {
    throw systemError(`make the output directory ${path}`, error);
  }
}

interface Gathering {
  readonly identifier: string | undefined;
  readonly outdir: string;
  readonly io: Io;
  /** Takes what must be removed in the end. */
  readonly spilled: Spilled[];
}

/** An input that cannot be read does not keep the others from being converted. */
async function gather(
  names: readonly string[],
  gathering: Gathering,
): Promise<{ inputs: Input[]; unreadable: string[] }> {
  const inputs: Input[] = [];
  const unreadable: string[] = [];
  for (const name of names) {
    try {
      inputs.push(await inputFor(name, gathering));
    } catch (error) {
      if (codeOf(error) === undefined || gathering.io.signal.aborted) throw error;
      unreadable.push(explain(error instanceof UserError ? error : systemError(`read ${name}`, error)));
    }
  }
  return { inputs, unreadable };
}

async function inputFor(name: string, { identifier, outdir, io, spilled }: Gathering): Promise<Input> {
  const input =
    name === STDIN ? { ...inputAt('stdin', identifier), name: 'standard input' } : inputAt(name, identifier);
  const stat = name === STDIN ? undefined : statSync(name);
  if (stat?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
  if (stat?.isFile()) return input;
  const aside = await spill(stat ? createReadStream(name) : io.stdin, input, { directory: outdir, signal: io.signal });
  spilled.push(aside);
  return aside;
}

async function convertAll(inputs: readonly Input[], outdir: string, io: Io): Promise<Converted> {
  const { signal } = io;
  const survey = await surveyInputs(inputs, signal);
  const tables = new Map<string, WideTable>();
  try {
    for (const [machine, fields] of survey.fields) tables.set(machine, new WideTable(machine, outdir, fields));
    for await (const sample of mergeByTime(streamsOf(survey))) {
      signal.throwIfAborted();
      await tables.get(sample.machine)?.add(sample);
    }
    const finished: Table[] = [];
    for (const table of tables.values()) finished.push(await table.finish());
    return { tables: finished, problems: problemsOf(survey) };
  } catch (error) {
    for (const table of tables.values()) table.discard();
    throw error;
  }
}

function streamsOf({ inputs }: Survey) {
  return inputs.flatMap(({ input, first }) => (first === undefined ? [] : [{ first, open: () => readSamples(input) }]));
}

function problemsOf({ inputs }: Survey): string[] {
  return inputs.flatMap(({ input, samples, damage }) => {
    const sentences = damageSentences(damage);
    if (samples === 0) sentences.unshift('it holds no sample');
    return sentences.map((sentence) => `${input.name}: ${sentence}`);
  });
}

function nothing(problems: readonly string[], names: readonly string[]): UserError {
  return new UserError('NO_SAMPLES', `there is nothing to convert in ${names.join(', ')}\n${problems.join('\n')}`, {
    hint: 'Name collections that pcc, pcctl export or perfcollector2 wrote.',
  });
}

function describe({ machine, path, rows, columns, duplicates, gaps, outOfOrder }: Table): string {
  const notes = [
    gaps > 0 && `${gaps} intervals with missed samples`,
    duplicates > 0 && `${duplicates} duplicates left out`,
    outOfOrder > 0 && `${outOfOrder} samples out of order`,
  ].filter(Boolean);
  return `${machine}: ${rows} rows, ${columns} columns in ${path}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}\n`;
}
