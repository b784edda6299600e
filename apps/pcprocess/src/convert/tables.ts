import type { PairCounts } from '@perfcollector/derive';
import type { RowOutput } from '../engine/forms.ts';
import type { NaChanges } from '../engine/na-changes.ts';
import type { SampleLine } from '../input/sample-line.ts';
import type { FieldDescription, TableFile } from '../layouts/layout.ts';

/** What was written for one machine. */
export interface WrittenMachine extends PairCounts {
  readonly machine: string;
  readonly files: readonly TableFile[];
  readonly rows: number;
  readonly columns: number;
  /** Rows whose rates are means over missed ticks. */
  readonly gaps: number;
}

/** Takes the rows of one table. */
export interface RowSink {
  /** Its columns, those before the fields' own left out. */
  readonly names: readonly string[];
  /** @returns where values are missing in what it makes of the rows */
  write(rows: RowOutput, na: NaChanges): NaChanges;
  finish(): FinishedSink;
  discard(): void;
}

export interface FinishedSink {
  readonly fields: readonly FieldDescription[];
  /** Where values are missing in what came at last. */
  readonly na?: NaChanges;
  /** Rows that the file has, where they are not those that came: a line a value. */
  readonly rows?: number;
  /** Cells without a value that have no row in it. */
  readonly leftOut?: number;
}

/** Makes tables of the samples of all machines, which come in the order of time. */
export interface Tables {
  /** @returns undefined where there is nothing to wait for */
  add(lines: readonly SampleLine[]): Promise<void> | undefined;
  finish(): Promise<readonly WrittenMachine[]>;
  discard(): void;
}
