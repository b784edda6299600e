import { resolve } from 'node:path';
import { command, type Io, makeDirectory, systemError, text, UserError } from '@perfcollector/cli';
import { damageSentences } from '@perfcollector/collection';
import { withInputs } from '../input/gather.ts';
import { type Input, readSamples } from '../input/input.ts';
import { mergeByTime } from '../input/merge-by-time.ts';
import { inputArgument, inputOptions } from '../input/options.ts';
import { type Survey, surveyInputs } from '../input/survey.ts';
import { type Table, WideTable } from '../wide-table.ts';

interface Converted {
  readonly tables: readonly Table[];
  /** What could not be read, as sentences; everything else is in the tables. */
  readonly problems: readonly string[];
}

/** Converts collections into wide CSV, one file a machine, in constant memory: read once for the columns, once for the rows. */
export const convert = command({
  args: [inputArgument],
  options: {
    ...inputOptions,
    outdir: text({
      flag: '--outdir <dir>',
      env: 'PCR_OUTDIR',
      fallback: '.',
      about: 'Where the CSVs go; it is made if need be.',
    }),
  },
  async run({ outdir, ...values }, { io, args }): Promise<Converted> {
    prepareDirectory(outdir);
    try {
      return await withInputs({ args, values, io, spillTo: outdir }, async ({ inputs, problems: unreadable }) => {
        const { tables, problems } = await convertAll(inputs, outdir, io);
        if (tables.length === 0) throw nothing([...unreadable, ...problems], args);
        return { tables, problems: [...unreadable, ...problems] };
      });
    } catch (error) {
      throw io.signal.aborted ? new UserError('INTERRUPTED', 'interrupted: no CSV was written') : error;
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
