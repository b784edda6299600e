import { join } from 'node:path';
import { headColumns, type TablePlan, workOut } from '../engine/plan.ts';
import type { Pool } from '../engine/pool.ts';
import type { BatchQueue } from '../engine/queue.ts';
import type { Findings } from '../engine/rows-of-batch.ts';
import type { Made } from '../engine/work.ts';
import type { Selection } from '../input/options.ts';
import type { SampleLine } from '../input/sample-line.ts';
import { fileNameOf } from '../output/file-name.ts';
import { type NaRange, NaRanges } from '../output/quality.ts';
import { MachineBatches } from './machine-batches.ts';
import type { RowSink, WrittenMachine } from './tables.ts';

export interface RowSetup {
  readonly pool: Pool;
  readonly queue: BatchQueue;
  readonly selection: Selection;
  readonly directory: string;
  readonly plan: Omit<TablePlan, 'machine' | 'fields'>;
  /** What stands behind a machine's name in the name of its file. */
  readonly suffix: string;
  readonly openSink: (table: { path: string; plan: TablePlan }) => RowSink;
  readonly report: (range: NaRange) => void;
  readonly onFindings: (machine: string, findings: Findings) => void;
}

/** The table of one machine: rows that threads make of its samples. */
export class RowTable {
  readonly #batches: MachineBatches;
  readonly #plan: TablePlan;
  readonly #path: string;
  readonly #sink: RowSink;
  readonly #ranges: NaRanges;
  #gaps = 0;
  #isWanted = true;

  /** @param fields all that its samples have */
  constructor(machine: string, fields: readonly string[], setup: RowSetup) {
    const { pool, queue, selection, directory, suffix, openSink, report, onFindings } = setup;
    this.#plan = { ...setup.plan, machine, fields };
    this.#path = `${fileNameOf(machine)}${suffix}`;
    const names = workOut(this.#plan).columns.map(({ name }) => name);
    this.#ranges = new NaRanges({ table: this.#path, machine }, names, report);
    this.#sink = openSink({ path: join(directory, this.#path), plan: this.#plan });
    pool.plan(this.#plan);
    this.#batches = new MachineBatches({
      machine,
      queue,
      selection,
      use: ({ findings, made }) => {
        onFindings(machine, findings);
        if (made && this.#isWanted) this.#take(made);
      },
    });
  }

  get fields(): readonly string[] {
    return this.#plan.fields;
  }

  add(line: SampleLine): Promise<void> | undefined {
    return this.#batches.add(line);
  }

  /** No more samples come; what is under way still does. */
  end(): Promise<void> {
    return this.#batches.end();
  }

  /** Its rows are wanted no more: from now on only what its samples hold is looked for. */
  giveUp(pool: Pool): void {
    if (this.#isWanted) this.#sink.discard();
    this.#isWanted = false;
    this.#batches.lookForNames();
    pool.forget(this.#plan.machine);
  }

  async finish(): Promise<WrittenMachine> {
    this.#ranges.end();
    const { columns } = workOut(this.#plan);
    const fields = await this.#sink.finish();
    const { rows, cells } = this.#ranges;
    const file = { path: this.#path, machine: this.#plan.machine, rows, na: cells, fields };
    const width = headColumns(this.#plan).length + columns.length;
    return {
      machine: this.#plan.machine,
      files: [file],
      rows,
      columns: width,
      gaps: this.#gaps,
      ...this.#batches.counts,
    };
  }

  discard(): void {
    if (this.#isWanted) this.#sink.discard();
    this.#isWanted = false;
  }

  #take({ output, na }: Made): void {
    this.#ranges.add(na);
    this.#gaps += na.gaps.length;
    this.#sink.write(output, na.timestamps);
  }
}
