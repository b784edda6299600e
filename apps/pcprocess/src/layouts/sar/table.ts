import type { Na } from '@perfcollector/derive';
import type { FieldValue } from '@perfcollector/procfs';
import type { FieldDescription } from '../layout.ts';
import type { Span } from './spans.ts';

export type SarCell = FieldValue | Na;

/** What one device has at one time. Where no cell has a value there is nothing to say, and the row is left out. */
export interface SarRow {
  /** Whose it is; empty where the table is about the machine as a whole. */
  readonly device: string;
  /** Of the columns behind the timestamp. */
  readonly cells: readonly SarCell[];
  /** How many of the first of them name the device: they are no values. */
  readonly names: number;
}

/** One file of the directory: which group of fields it is about, and the rows that a sample makes. */
export interface SarTable {
  /** Within the machine's directory. */
  readonly path: string;
  readonly group: string;
  /** Behind the timestamp. */
  readonly columns: readonly FieldDescription[];
  /** What stands in a cell without a value. */
  readonly blank: string;
  rows(span: Span): Iterable<SarRow>;
}

/** perfcollector2's heading of the column of times, and what goes for it. */
export const timestampColumn = (name: string): FieldDescription => ({
  name,
  type: 'number',
  unit: 'seconds',
  kind: 'label',
  description: 'When the sample was taken: Unix seconds.',
});
