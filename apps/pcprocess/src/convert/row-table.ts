import type { TablePlan } from '../engine/plan.ts';
import type { Pool } from '../engine/pool.ts';
import type { BatchQueue } from '../engine/queue.ts';
import type { Findings } from '../engine/rows-of-batch.ts';
import type { Made } from '../engine/work.ts';
import type { Selection } from '../input/options.ts';
import type { SampleLine } from '../input/sample-line.ts';
import type { WrittenMachine } from '../layouts/layout.ts';
import { fileNameOf } from '../output/file-name.ts';
import type { OutputDirectory } from '../output/output-directory.ts';
import { type NaRange, NaRanges } from '../output/quality.ts';
import type { RowSink } from '../output/row-sink.ts';
import { type BatchSetup, MachineBatches } from './machine-batches.ts';

/** Where tables go, and what is said of them. */
export type TablePlace = Pick<OutputDirectory, 'path' | 'claim' | 'addRange' | 'forgetRanges'>;

export interface RowSetup {
  readonly pool: Pool;
  readonly queue: BatchQueue;
  readonly selection: Selection;
  readonly directory: TablePlace;
  readonly plan: Omit<TablePlan, 'machine' | 'fields'>;
  /** What stands behind a machine's name in the name of its file. */
  readonly suffix: string;
  readonly openSink: (table: { path: string; plan: TablePlan }) => RowSink;
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
  constructor(machine: string, fields: readonly string[], setup: RowSetup & Pick<BatchSetup, 'succession'>) {
    const { pool, queue, selection, directory, suffix, openSink, onFindings, succession } = setup;
    this.#plan = { ...setup.plan, machine, fields };
    this.#path = `${fileNameOf(machine)}${suffix}`;
    this.#sink = openSink({ path: directory.claim(this.#path), plan: this.#plan });
    const report = (range: NaRange) => directory.addRange(range);
    this.#ranges = new NaRanges({ table: this.#path, machine }, this.#sink.names, report);
    pool.plan(this.#plan);
    this.#batches = new MachineBatches({
      machine,
      queue,
      selection,
      succession,
      onFindings: (findings) => onFindings(machine, findings),
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

  finish(): WrittenMachine {
    const { machine } = this.#plan;
    const { fields, na, rows: lines, leftOut = 0 } = this.#sink.finish();
    if (na) this.#ranges.add(na);
    this.#ranges.end();
    const { rows, cells } = this.#ranges;
    const file = { path: this.#path, machine, rows: lines ?? rows, na: cells - leftOut, fields };
    return { machine, files: [file], rows, columns: fields.length, gaps: this.#gaps, ...this.#batches.counts };
  }

  discard(): void {
    if (this.#isWanted) this.#sink.discard();
    this.#isWanted = false;
  }

  #take({ output, na }: Made): void {
    this.#gaps += na.gaps.length;
    this.#ranges.add(this.#sink.write(output, na));
  }
}
