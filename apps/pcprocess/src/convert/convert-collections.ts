import { type TablePlan, workOut } from '../engine/plan.ts';
import { openPool, type Pool } from '../engine/pool.ts';
import { BatchQueue } from '../engine/queue.ts';
import { type FirstReading, readFirst } from '../input/first-reading.ts';
import { readInOrder } from '../input/in-order.ts';
import { type Input, sizeOf } from '../input/input.ts';
import type { Selection } from '../input/options.ts';
import type { WrittenMachine } from '../layouts/layout.ts';
import { TypeProbe } from '../output/type-probe.ts';
import { Draft } from './draft.ts';
import { formOf, openSink, type Resampling, type RowLayout, SUFFIX } from './layouts.ts';
import type { RowSetup, TablePlace } from './row-table.ts';
import { RowTables } from './row-tables.ts';

export interface ConversionSetup {
  readonly inputs: readonly Input[];
  readonly selection: Selection;
  readonly directory: TablePlace;
  readonly layout: RowLayout;
  readonly resampling: Resampling | undefined;
  readonly plan: Omit<RowSetup['plan'], 'form'>;
  readonly signal: AbortSignal;
  /** The inputs are read, from their beginning. */
  readonly onReading: () => void;
  readonly onBytes: (bytes: number) => void;
}

export interface Conversion {
  readonly machines: readonly WrittenMachine[];
  readonly reading: FirstReading;
}

/** Makes tables of collections, a file a machine, in constant memory. Files have their names when it is done. */
export async function convertCollections(setup: ConversionSetup): Promise<Conversion> {
  const pool = openPool(sizeOf(setup.inputs));
  try {
    return await (setup.layout === 'parquet' ? convertTyped(pool, setup) : convertAsTheyCome(pool, setup));
  } finally {
    pool.close();
  }
}

/** Makes rows of numbers for who makes no file of them. */
export async function readRows(
  setup: Omit<ConversionSetup, 'layout' | 'resampling' | 'directory'>,
  { open, directory }: { open: RowSetup['openSink']; directory: string },
): Promise<Conversion> {
  const pool = openPool(sizeOf(setup.inputs));
  const nowhere = { path: directory, claim: (name: string) => name, addRange() {}, forgetRanges() {} };
  const numbers = { ...setup, layout: 'parquet', resampling: undefined, directory: nowhere } as const;
  try {
    return await convertWith(rowSetup(pool, numbers, open), numbers);
  } finally {
    pool.close();
  }
}

/** Rows go into the file as they are made. */
async function convertAsTheyCome(pool: Pool, setup: ConversionSetup): Promise<Conversion> {
  const { layout, resampling } = setup;
  const { machines, reading } = await convertWith(
    rowSetup(pool, setup, (sink) => openSink({ ...sink, layout, resampling })),
    setup,
  );
  return { machines, reading };
}

/** A file that must know the types of its columns before its first row: they are found out first. */
async function convertTyped(pool: Pool, setup: ConversionSetup): Promise<Conversion> {
  const { layout, resampling } = setup;
  const probes = new Map<string, TypeProbe>();
  const probing = rowSetup(pool, setup, ({ plan }) => {
    const probe = new TypeProbe(workOut(plan).columns.map(({ name }) => name));
    probes.set(plan.machine, probe);
    return probe;
  });
  const { reading, fields } = await convertWith(probing, setup);
  const writing = rowSetup(pool, setup, (sink) =>
    openSink({ ...sink, layout, resampling, types: probes.get(sink.plan.machine)?.types }),
  );
  return { machines: await readAgain(reading, new RowTables(fields, writing), setup), reading };
}

function rowSetup(pool: Pool, setup: ConversionSetup, open: RowSetup['openSink']): RowSetup {
  const { selection, directory, layout, resampling } = setup;
  const plan: Omit<TablePlan, 'machine' | 'fields'> = { ...setup.plan, form: formOf(layout, resampling) };
  const queue = new BatchQueue(pool);
  return { selection, directory, plan, pool, queue, suffix: SUFFIX[layout], openSink: open, onFindings: () => {} };
}

interface FirstConversion extends Conversion {
  /** Of each machine, all names that its samples' fields have. */
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>;
}

async function convertWith(rows: RowSetup, setup: ConversionSetup): Promise<FirstConversion> {
  const { inputs, selection, signal, onReading, onBytes } = setup;
  onReading();
  const draft = new Draft(rows, inputs.length === 1);
  try {
    const reading = await readFirst(inputs, {
      joinsTicks: true,
      selection,
      signal,
      onBytes,
      take: (lines, order) => draft.take(lines, order),
      endInput: (read) => draft.endInput(read),
    });
    const { fields } = draft;
    const machines = draft.finish() ?? (await readAgain(reading, new RowTables(fields, rows), setup));
    return { machines, reading, fields };
  } catch (error) {
    draft.discard();
    throw error;
  }
}

async function readAgain(
  reading: FirstReading,
  tables: RowTables,
  { selection, directory, signal, onReading, onBytes }: ConversionSetup,
): Promise<readonly WrittenMachine[]> {
  directory.forgetRanges();
  onReading();
  try {
    for await (const lines of readInOrder(reading, {
      joinsTicks: true,
      selection,
      directory: directory.path,
      signal,
      onBytes,
    })) {
      signal.throwIfAborted();
      await tables.add(lines);
    }
    return await tables.finish();
  } catch (error) {
    tables.discard();
    throw error;
  }
}
