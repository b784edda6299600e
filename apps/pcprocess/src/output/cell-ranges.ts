import type { NaReason } from '@perfcollector/derive';
import type { NaCell } from '../layouts/layout.ts';
import type { NaRange } from './quality.ts';

interface Open {
  readonly cell: NaCell;
  readonly reason: NaReason;
  to: number;
  rows: number;
  /** The step of its last row. */
  step: number;
}

/** Puts cells without a value together to ranges, step by step of one machine. */
export class CellRanges {
  readonly #machine: string;
  readonly #report: (range: NaRange) => void;
  readonly #open = new Map<string, Open>();
  #step = 0;

  constructor(machine: string, report: (range: NaRange) => void) {
    this.#machine = machine;
    this.#report = report;
  }

  /** What comes from now on is of the next sample. */
  nextStep(): void {
    this.#step += 1;
  }

  add(cell: NaCell): void {
    const key = JSON.stringify([cell.table, cell.column, cell.device]);
    const open = this.#open.get(key);
    if (open && open.reason === cell.reason && this.#step - open.step <= 1) {
      Object.assign(open, { to: cell.timestamp, rows: open.rows + 1, step: this.#step });
      return;
    }
    if (open) this.#close(open);
    this.#open.set(key, { cell, reason: cell.reason, to: cell.timestamp, rows: 1, step: this.#step });
  }

  end(): void {
    for (const open of this.#open.values()) this.#close(open);
    this.#open.clear();
  }

  #close({ cell: { table, column, device, timestamp }, reason, to, rows }: Open): void {
    // A row that was left out has no column that its values would be missing in.
    const name = column === '' ? '*' : column;
    this.#report({ table, machine: this.#machine, column: name, device, from: timestamp, to, rows, reason });
  }
}
