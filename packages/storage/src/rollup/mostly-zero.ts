import { Column } from '../frame/column.ts';
import { type OneNumber, putNumber } from './numbers.ts';

/** A column that is made when the first number comes that is not 0: most have none, and are left out. */
export class MostlyZero {
  readonly #rows: number;
  #column: Column | undefined;

  constructor(rows: number) {
    this.#rows = rows;
  }

  /** Undefined where every row has 0. */
  get column(): Column | undefined {
    return this.#column;
  }

  put(row: number, number: OneNumber): void {
    if (number.value === 0) return;
    if (!this.#column) {
      this.#column = new Column(this.#rows);
      this.#column.scales.fill(0);
    }
    putNumber(this.#column, row, number);
  }
}
