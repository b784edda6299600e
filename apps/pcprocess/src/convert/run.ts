import { counted, type Io, UserError } from '@perfcollector/cli';
import { openProgress } from '@perfcollector/cli/screen';
import { isNa } from '@perfcollector/derive';
import { type FirstReading, problemsOf } from '../input/first-reading.ts';
import { type Gathered, withInputs } from '../input/gather.ts';
import { type Input, sizeOf } from '../input/input.ts';
import { type InputValues, type Selection, selectionOf } from '../input/options.ts';
import type { LayoutName } from '../layouts/index.ts';
import { layOut } from '../layouts/lay-out.ts';
import type { MachineSetup, MachineStep, MachineTables, WrittenMachine } from '../layouts/layout.ts';
import { portalTables } from '../layouts/portal/portal-tables.ts';
import { readContainerNames } from '../layouts/sar/options.ts';
import { sarTables } from '../layouts/sar/sar-tables.ts';
import { CellRanges } from '../output/cell-ranges.ts';
import { OutputDirectory, prepareDirectory } from '../output/output-directory.ts';
import { convertToRaw, type RawConversion } from '../raw/convert-to-raw.ts';
import { convertCollections } from './convert-collections.ts';
import { checkGoTogether, choiceOf, resamplingOf, type TableValues } from './options.ts';

export interface Converted {
  readonly outdir: string;
  readonly tables: readonly ConvertedMachine[];
  /** What stands beside the tables, within the directory. */
  readonly files: readonly string[];
  /** What could not be read, as sentences; everything else is in the tables. */
  readonly problems: readonly string[];
}

export interface ConvertedMachine extends Omit<WrittenMachine, 'files'> {
  /** Each with its path, rows and cells without a value. */
  readonly files: readonly { readonly path: string; readonly rows: number; readonly na: number }[];
  /** Samples that stood behind later ones; they are in their place now. */
  readonly outOfOrder: number;
}

export type ConvertValues = Omit<InputValues, 'to'> & TableValues;

/** Converts collections into the tables of a layout. @throws UserError */
export async function convertInto(
  layout: Conversion['layout'],
  values: ConvertValues,
  { io, args }: { io: Io; args: readonly string[] },
): Promise<Converted> {
  checkGoTogether(layout, values);
  const directory = new OutputDirectory(values.outdir, values.force);
  try {
    return await untilInterrupted(io, () =>
      withInputs({ args, values, io, spillTo: values.outdir }, (gathered) =>
        convertAll(gathered, { directory, layout, values, io }),
      ),
    );
  } finally {
    directory.discard();
  }
}

/** Files of perfcollector2's lines stand alone: nothing describes them. */
export function convertRaw(
  values: ConvertValues,
  { io, args }: { io: Io; args: readonly string[] },
): Promise<RawConversion> {
  checkGoTogether('raw', values);
  const { outdir: directory } = values;
  prepareDirectory(directory);
  return untilInterrupted(io, () =>
    withInputs({ args, values, io, spillTo: directory }, async ({ inputs, problems }) => {
      const selection = selectionIn(values);
      const made = await convertToRaw({ inputs, selection, directory, packing: '', force: values.force, io });
      return { ...made, problems: [...problems, ...made.problems] };
    }),
  );
}

async function untilInterrupted<T>(io: Io, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw io.signal.aborted ? new UserError('INTERRUPTED', 'interrupted: nothing was written') : error;
  }
}

function selectionIn({ to, ...values }: ConvertValues): Selection {
  return selectionOf({ ...values, to: to === 'raw' ? undefined : to });
}

interface Conversion {
  readonly layout: Exclude<LayoutName, 'raw'>;
  readonly directory: OutputDirectory;
  readonly values: ConvertValues;
  readonly io: Io;
}

async function convertAll(
  { names, inputs, problems: unreadable }: Gathered,
  { layout, directory, values, io }: Conversion,
): Promise<Converted> {
  const progress = openProgress(io, PATIENCE_MS);
  try {
    const name = inputs.length === 1 ? (inputs[0]?.name ?? '') : counted(inputs.length, 'file');
    const { machines, reading } = await convertTo(layout, {
      inputs,
      directory,
      values,
      selection: selectionIn(values),
      signal: io.signal,
      onReading: () => progress.begin(name, sizeOf(inputs)),
      onBytes: (bytes) => progress.add(bytes),
    });
    const problems = [...unreadable, ...problemsOf(reading), ...withoutColumns(machines, values)];
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

interface Making {
  readonly inputs: readonly Input[];
  readonly directory: OutputDirectory;
  readonly values: ConvertValues;
  readonly selection: Selection;
  readonly signal: AbortSignal;
  /** The inputs are read, from their beginning. */
  readonly onReading: () => void;
  readonly onBytes: (bytes: number) => void;
}

interface Made {
  readonly machines: readonly WrittenMachine[];
  readonly reading: FirstReading;
}

async function convertTo(layout: Conversion['layout'], { values, directory, ...making }: Making): Promise<Made> {
  if (layout === 'sar') {
    const containerNames = readContainerNames(values.containerNames);
    return layOutInto(directory, making, (setup) => sarTables(setup, { containerNames }));
  }
  if (layout === 'portal') return layOutInto(directory, making, (setup) => portalTables(setup, values));
  const plan = { choice: choiceOf(values), timeZone: values.timeZone };
  return convertCollections({ ...making, directory, layout, resampling: resamplingOf(values), plan });
}

async function layOutInto(
  directory: OutputDirectory,
  making: Omit<Making, 'values' | 'directory'>,
  make: (setup: MachineSetup) => MachineTables,
): Promise<Made> {
  const ranges = new Map<string, CellRanges>();
  const tablesOf = (machine: string, isOneOfMany: boolean) => {
    const own = new CellRanges(machine, (range) => directory.addRange(range));
    ranges.set(machine, own);
    const claim = (path: string) => directory.claim(path);
    return make({ machine, directory: directory.path, isOneOfMany, noteNa: (cell) => own.add(cell), claim });
  };
  const gaps: { readonly machine: string; readonly timestamp: number }[] = [];
  const onStep = (machine: string, { now: { timestamp }, interval }: MachineStep) => {
    ranges.get(machine)?.nextStep();
    if (!isNa(interval) && interval.isGap) gaps.push({ machine, timestamp });
  };
  const made = await layOut({ ...making, directory: directory.path, tablesOf, onStep });
  for (const own of ranges.values()) own.end();
  for (const { machine, files } of made.machines) {
    const tables = files.filter(({ fields }) => fields.length > 0);
    const own = gaps.filter((gap) => gap.machine === machine);
    for (const { path: table } of tables)
      for (const { timestamp } of own)
        directory.addRange({ table, machine, column: '*', from: timestamp, to: timestamp, rows: 1, reason: 'gap' });
  }
  return made;
}

/** A name that is misspelt would go unnoticed. */
function withoutColumns(machines: readonly WrittenMachine[], { columns, exclude, layout }: ConvertValues): string[] {
  if (columns === undefined && exclude === undefined) return [];
  const isBare = ({ fields, rows }: WrittenMachine['files'][number]) =>
    layout === 'long' ? rows === 0 : fields.every(({ field }) => field === undefined);
  const bare = machines.filter(({ files }) => files.every(isBare));
  return bare.map(({ machine }) => `${machine}: no column is left of it; look at --columns and --exclude`);
}

/** Who waits longer wants to know for what. */
const PATIENCE_MS = 1000;

function converted(written: WrittenMachine, { outOfOrder }: FirstReading): ConvertedMachine {
  const files = written.files.map(({ path, rows, na }) => ({ path, rows, na }));
  return { ...written, files, outOfOrder: outOfOrder.get(written.machine) ?? 0 };
}

function nothing(problems: readonly string[], names: readonly string[], { inputs }: FirstReading): UserError {
  const hasSamples = inputs.some(({ samples, unwanted }) => samples + unwanted > 0);
  const what = hasSamples ? 'no sample of what is asked for' : 'nothing to convert';
  const hint = hasSamples
    ? 'Look at --from, --to, --machine and --run.'
    : 'Name collections that pcc, pcctl export or perfcollector2 wrote.';
  return new UserError('NO_SAMPLES', [`there is ${what} in ${names.join(', ')}`, ...problems].join('\n'), { hint });
}
