import { statSync } from 'node:fs';
import { join } from 'node:path';
import { command, counted, type Io, UserError } from '@perfcollector/cli';
import { openProgress } from '@perfcollector/cli/screen';
import { damageSentences } from '@perfcollector/collection';
import { convertCollections } from '../convert/convert-collections.ts';
import { choiceOf, resamplingOf, type TableValues, tableOptions } from '../convert/options.ts';
import type { WrittenMachine } from '../convert/tables.ts';
import type { FirstReading } from '../input/first-reading.ts';
import { type Gathered, withInputs } from '../input/gather.ts';
import type { Input } from '../input/input.ts';
import { type InputValues, inputArgument, inputOptions, selectionOf } from '../input/options.ts';
import { OutputDirectory } from '../output/output-directory.ts';

interface Converted {
  readonly outdir: string;
  readonly tables: readonly ConvertedMachine[];
  /** What stands beside the tables, within the directory. */
  readonly files: readonly string[];
  /** What could not be read, as sentences; everything else is in the tables. */
  readonly problems: readonly string[];
}

interface ConvertedMachine extends Omit<WrittenMachine, 'files'> {
  /** Each with its path, rows and cells without a value. */
  readonly files: readonly { readonly path: string; readonly rows: number; readonly na: number }[];
  /** Samples that stood behind later ones; they are in their place now. */
  readonly outOfOrder: number;
}

type ConvertValues = InputValues & TableValues;

/** Converts collections into tables, in constant memory. */
export const convert = command({
  args: [inputArgument],
  options: { ...inputOptions, ...tableOptions },
  async run(values, { io, args }): Promise<Converted> {
    const directory = new OutputDirectory(values.outdir, values.force);
    try {
      return await withInputs({ args, values, io, spillTo: values.outdir }, (gathered) =>
        convertAll(gathered, { directory, values, io }),
      );
    } catch (error) {
      throw io.signal.aborted ? new UserError('INTERRUPTED', 'interrupted: nothing was written') : error;
    } finally {
      directory.discard();
    }
  },
  print: ({ outdir, tables }) => tables.map((table) => describe(outdir, table)).join(''),
  problems: ({ problems }) => problems,
});

interface Conversion {
  readonly directory: OutputDirectory;
  readonly values: ConvertValues;
  readonly io: Io;
}

async function convertAll(
  { names, inputs, problems: unreadable }: Gathered,
  { directory, values, io }: Conversion,
): Promise<Converted> {
  const progress = openProgress(io, PATIENCE_MS);
  try {
    progress.begin(inputs.length === 1 ? (inputs[0]?.name ?? '') : counted(inputs.length, 'file'), sizeOf(inputs));
    const { machines, reading } = await convertCollections({
      inputs,
      selection: selectionOf(values),
      directory,
      layout: values.layout,
      resampling: resamplingOf(values),
      plan: { choice: choiceOf(values), timeZone: values.timeZone },
      signal: io.signal,
      onBytes: (bytes) => progress.add(bytes),
    });
    const problems = [...unreadable, ...problemsOf(reading)];
    if (machines.length === 0) throw nothing(problems, names, reading);
    const files = directory.finish(
      machines.flatMap((machine) => machine.files),
      reading.events,
    );
    return { outdir: values.outdir, tables: machines.map((machine) => converted(machine, reading)), files, problems };
  } finally {
    progress.close();
  }
}

/** Who waits longer wants to know for what. */
const PATIENCE_MS = 1000;

function sizeOf(inputs: readonly Input[]): number {
  return inputs.reduce((sum, { path }) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
}

function converted(written: WrittenMachine, { outOfOrder }: FirstReading): ConvertedMachine {
  const files = written.files.map(({ path, rows, na }) => ({ path, rows, na }));
  return { ...written, files, outOfOrder: outOfOrder.get(written.machine) ?? 0 };
}

function problemsOf({ inputs }: FirstReading): string[] {
  return inputs.flatMap(({ input, samples, unwanted, damage }) => {
    const sentences = damageSentences(damage);
    if (samples + unwanted === 0) sentences.unshift('it holds no sample');
    return sentences.map((sentence) => `${input.name}: ${sentence}`);
  });
}

function nothing(problems: readonly string[], names: readonly string[], { inputs }: FirstReading): UserError {
  const hasSamples = inputs.some(({ samples, unwanted }) => samples + unwanted > 0);
  const what = hasSamples ? 'no sample of what is asked for' : 'nothing to convert';
  const hint = hasSamples
    ? 'Look at --from, --to, --machine and --run.'
    : 'Name collections that pcc, pcctl export or perfcollector2 wrote.';
  return new UserError('NO_SAMPLES', [`there is ${what} in ${names.join(', ')}`, ...problems].join('\n'), { hint });
}

function describe(outdir: string, machine: ConvertedMachine): string {
  const { files, rows, columns, duplicates, gaps, outOfOrder } = machine;
  const notes = [
    gaps > 0 && `${counted(gaps, 'interval')} with missed samples`,
    duplicates > 0 && `${counted(duplicates, 'duplicate')} left out`,
    outOfOrder > 0 && `${counted(outOfOrder, 'sample')} out of order put in their place`,
  ].filter(Boolean);
  const path = files.length === 1 ? join(outdir, files[0]?.path ?? '') : `${files.length} files in ${outdir}`;
  const behind = notes.length > 0 ? ` (${notes.join(', ')})` : '';
  return `${machine.machine}: ${counted(rows, 'row')}, ${counted(columns, 'column')} in ${path}${behind}\n`;
}
