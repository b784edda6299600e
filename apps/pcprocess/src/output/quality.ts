import { type NaReason, reasonOf } from '@perfcollector/derive';
import type { NaChanges } from '../engine/na-changes.ts';

/** Why there is no value in a column for a while. */
export interface NaRange {
  /** The file, within the output directory. */
  readonly table: string;
  readonly machine: string;
  /** `*` for rows as a whole: whose rates are means over missed ticks (`gap`), or that were left out. */
  readonly column: string;
  /** Whose cells they are, where a table has rows of several devices. */
  readonly device?: string | undefined;
  /** Timestamps of its first and its last row. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly reason: NaReason | 'gap';
}

interface Open {
  readonly code: number;
  readonly from: number;
  /** How many rows of the table there were before it. */
  readonly row: number;
}

/** Puts the ranges without values of one table together, from what came of its batches, in their order. */
export class NaRanges {
  readonly #of: Pick<NaRange, 'table' | 'machine'>;
  readonly #columns: readonly string[];
  readonly #report: (range: NaRange) => void;
  readonly #open: (Open | undefined)[];
  #rows = 0;
  #lastTimestamp = 0;
  #gap: { from: number; to: number; rows: number; lastRow: number } | undefined;
  #cells = 0;

  constructor(of: Pick<NaRange, 'table' | 'machine'>, columns: readonly string[], report: (range: NaRange) => void) {
    this.#of = of;
    this.#columns = columns;
    this.#report = report;
    this.#open = columns.map(() => undefined);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Cells without a value. */
  get cells(): number {
    return this.#cells;
  }

  add({ timestamps, first, changes, cells, gaps }: NaChanges): void {
    const [start = this.#lastTimestamp] = timestamps;
    if (timestamps.length === 0) return;
    for (const [column, code] of first.entries())
      if (code !== (this.#open[column]?.code ?? 0))
        this.#change(column, code, { at: start, row: this.#rows, last: this.#lastTimestamp });
    for (let at = 0; at < changes.length; at += 3) {
      const row = changes[at] as number;
      const place = { at: timestamps[row] as number, row: this.#rows + row, last: timestamps[row - 1] as number };
      this.#change(changes[at + 1] as number, changes[at + 2] as number, place);
    }
    for (const row of gaps) this.#gapAt(this.#rows + row, timestamps[row] as number);
    this.#rows += timestamps.length;
    this.#lastTimestamp = timestamps.at(-1) as number;
    this.#cells += cells;
  }

  end(): void {
    for (const column of this.#open.keys())
      this.#change(column, 0, { at: 0, row: this.#rows, last: this.#lastTimestamp });
    this.#endGap();
  }

  #change(column: number, code: number, { at, row, last }: { at: number; row: number; last: number }): void {
    const open = this.#open[column];
    const reason = open && reasonOf(open.code);
    if (open && reason) {
      const name = this.#columns[column] ?? '';
      this.#report({ ...this.#of, column: name, from: open.from, to: last, rows: row - open.row, reason });
    }
    this.#open[column] = code === 0 ? undefined : { code, from: at, row };
  }

  #gapAt(row: number, at: number): void {
    if (this.#gap?.lastRow !== row - 1) this.#endGap();
    this.#gap = { from: this.#gap?.from ?? at, to: at, rows: (this.#gap?.rows ?? 0) + 1, lastRow: row };
  }

  #endGap(): void {
    if (!this.#gap) return;
    const { from, to, rows } = this.#gap;
    this.#report({ ...this.#of, column: '*', from, to, rows, reason: 'gap' });
    this.#gap = undefined;
  }
}
