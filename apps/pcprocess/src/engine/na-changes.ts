/** Where values end and begin in a run of rows: what ranges without a value are made of. */
export interface NaChanges {
  /** Of each row. */
  readonly timestamps: Float64Array<ArrayBuffer>;
  /** Of the first row, a code for each column; 0 where there is a value. */
  readonly first: Uint8Array<ArrayBuffer>;
  /** Three numbers for each change after that: row, column, the code that it has from there on. */
  readonly changes: Int32Array<ArrayBuffer>;
  /** Cells without a value. */
  readonly cells: number;
  /** Rows whose rates are means over missed ticks. */
  readonly gaps: Int32Array<ArrayBuffer>;
}

/** Takes note of the reasons of one row after the other. */
export class NaRecorder {
  readonly #last: Uint8Array;
  readonly #first: Uint8Array<ArrayBuffer>;
  /** All reasons of the last row, not only those of columns, and how many columns had one. */
  #seen = new Uint8Array(0);
  #seenCells = 0;
  #timestamps: number[] = [];
  #changes: number[] = [];
  #gaps: number[] = [];
  #cells = 0;

  constructor(columns: number) {
    this.#last = new Uint8Array(columns);
    this.#first = new Uint8Array(columns);
  }

  /** @param indexes where each column's reason is */
  add(timestamp: number, { reasons, indexes }: { reasons: Uint8Array; indexes: Int32Array }, isGap: boolean): void {
    const row = this.#timestamps.push(timestamp) - 1;
    if (isGap) this.#gaps.push(row);
    if (row > 0 && Buffer.compare(this.#seen, reasons) === 0) {
      this.#cells += this.#seenCells;
      return;
    }
    const before = this.#cells;
    const last = this.#last;
    for (let column = 0; column < indexes.length; column += 1) {
      const reason = reasons[indexes[column] as number] as number;
      if (reason !== 0) this.#cells += 1;
      if (reason === last[column]) continue;
      if (row > 0) this.#changes.push(row, column, reason);
      last[column] = reason;
    }
    this.#seen = reasons.slice();
    this.#seenCells = this.#cells - before;
    if (row === 0) this.#first.set(last);
  }

  /** What came since the last time. */
  take(): NaChanges {
    const taken = {
      timestamps: Float64Array.from(this.#timestamps),
      first: this.#first.slice(),
      changes: Int32Array.from(this.#changes),
      cells: this.#cells,
      gaps: Int32Array.from(this.#gaps),
    };
    this.#timestamps = [];
    this.#changes = [];
    this.#gaps = [];
    this.#cells = 0;
    return taken;
  }
}
