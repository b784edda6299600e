import { join, resolve } from 'node:path';
import { command, type Io, makeDirectory, systemError, text, UserError } from '@perfcollector/cli';
import { damageSentences } from '@perfcollector/collection';
import { convertCollections } from '../convert/convert-collections.ts';
import type { WrittenMachine } from '../convert/tables.ts';
import type { FirstReading } from '../input/first-reading.ts';
import { withInputs } from '../input/gather.ts';
import type { Input } from '../input/input.ts';
import { type InputValues, inputArgument, inputOptions, selectionOf } from '../input/options.ts';

interface Converted {
  readonly outdir: string;
  readonly tables: readonly WrittenMachine[];
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
        const { tables, problems } = await convertAll(inputs, { outdir, io, values });
        if (tables.length === 0) throw nothing([...unreadable, ...problems], args);
        return { outdir, tables, problems: [...unreadable, ...problems] };
      });
    } catch (error) {
      throw io.signal.aborted ? new UserError('INTERRUPTED', 'interrupted: no CSV was written') : error;
    }
  },
  print: ({ outdir, tables }) => tables.map((table) => describe(outdir, table)).join(''),
  problems: ({ problems }) => problems,
});

function prepareDirectory(path: string): void {
  try {
    makeDirectory(resolve(path));
  } catch (error) {
    throw systemError(`make the output directory ${path}`, error);
  }
}

async function convertAll(
  inputs: readonly Input[],
  { outdir, io, values }: { outdir: string; io: Io; values: InputValues },
): Promise<Pick<Converted, 'tables' | 'problems'>> {
  const { machines, reading } = await convertCollections({
    inputs,
    selection: selectionOf(values),
    directory: outdir,
    plan: {
      form: 'wide',
      choice: { columns: undefined, exclude: [], rates: true, counters: true, units: 'kib' },
      timeZone: undefined,
    },
    signal: io.signal,
    report: () => {},
    onBytes: () => {},
  });
  return { tables: machines, problems: problemsOf(reading) };
}

function problemsOf({ inputs }: FirstReading): string[] {
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

function describe(outdir: string, { machine, files, rows, columns, duplicates, gaps }: WrittenMachine): string {
  const notes = [
    gaps > 0 && `${gaps} intervals with missed samples`,
    duplicates > 0 && `${duplicates} duplicates left out`,
  ].filter(Boolean);
  const path = join(outdir, files[0]?.path ?? '');
  return `${machine}: ${rows} rows, ${columns} columns in ${path}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}\n`;
}
