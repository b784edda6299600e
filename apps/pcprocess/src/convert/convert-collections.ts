import { statSync } from 'node:fs';
import { type TablePlan, workOut } from '../engine/plan.ts';
import { openInline, openThreads, type Pool } from '../engine/pool.ts';
import { BatchQueue } from '../engine/queue.ts';
import { type FirstReading, readFirst } from '../input/first-reading.ts';
import { readInOrder } from '../input/in-order.ts';
import type { Input } from '../input/input.ts';
import type { Selection } from '../input/options.ts';
import type { NaRange } from '../output/quality.ts';
import { TextSink } from '../output/text-sink.ts';
import { describeColumn, headFields, longFields } from '../table/describe.ts';
import { Draft } from './draft.ts';
import type { RowSetup } from './row-table.ts';
import { RowTables } from './row-tables.ts';
import type { RowSink, Tables, WrittenMachine } from './tables.ts';

export interface ConversionSetup {
  readonly inputs: readonly Input[];
  readonly selection: Selection;
  readonly directory: string;
  readonly plan: RowSetup['plan'];
  readonly signal: AbortSignal;
  readonly report: (range: NaRange) => void;
  readonly onBytes: (bytes: number) => void;
  /** Takes the rows, where no file is to be made of them. */
  readonly openSink?: RowSetup['openSink'];
}

export interface Conversion {
  readonly machines: readonly WrittenMachine[];
  readonly reading: FirstReading;
}

/** Makes tables of collections, a file a machine, in constant memory. Files have their names when it is done. */
export async function convertCollections(setup: ConversionSetup): Promise<Conversion> {
  const pool = isSmall(setup.inputs) ? openInline() : openThreads();
  try {
    return await convertWith(pool, setup);
  } finally {
    pool.close();
  }
}

/** Below it threads cost more than they do. */
const SMALL_BYTES = 4 * 1024 * 1024;

function isSmall(inputs: readonly Input[]): boolean {
  const sizes = inputs.map(({ path }) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0) < SMALL_BYTES;
}

async function convertWith(pool: Pool, setup: ConversionSetup): Promise<Conversion> {
  const { inputs, selection, signal, onBytes } = setup;
  const rows = {
    ...setup,
    pool,
    queue: new BatchQueue(pool),
    suffix: SUFFIX[setup.plan.form],
    openSink: setup.openSink ?? openSink,
  };
  const draft = new Draft(rows, inputs.length === 1);
  try {
    const reading = await readFirst(inputs, {
      selection,
      signal,
      onBytes,
      take: (lines, order) => draft.take(lines, order),
      endInput: (read) => draft.endInput(read),
    });
    const drafted = await draft.finish();
    if (drafted) return { machines: drafted, reading };
    const tables = new RowTables(draft.fields, { ...rows, onFindings: () => {} });
    return { machines: await secondReading(reading, tables, setup), reading };
  } catch (error) {
    draft.discard();
    throw error;
  }
}

async function secondReading(
  reading: FirstReading,
  tables: Tables,
  { selection, directory, signal, onBytes }: ConversionSetup,
): Promise<readonly WrittenMachine[]> {
  try {
    for await (const lines of readInOrder(reading, { selection, directory, signal, onBytes })) {
      signal.throwIfAborted();
      await tables.add(lines);
    }
    return await tables.finish();
  } catch (error) {
    tables.discard();
    throw error;
  }
}

const SUFFIX = { wide: '.csv', long: '.long.csv', numbers: '.parquet' };

function openSink({ path, plan }: { path: string; plan: TablePlan }): RowSink {
  const { columns } = workOut(plan);
  if (plan.form === 'wide') return new TextSink(path, [...headFields(plan), ...columns.map(describeColumn)]);
  return new TextSink(path, longFields(plan));
}
