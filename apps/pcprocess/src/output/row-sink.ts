import type { RowOutput } from '../engine/forms.ts';
import type { NaChanges } from '../engine/na-changes.ts';
import type { FieldDescription } from '../layouts/layout.ts';

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
