import { type FieldRow, NUMBER } from '@perfcollector/collection';
import { DoubleTexts } from './double-texts.ts';

/** What stands in a cell of each column, and where: nothing of it is looked up while rows are written. */
export interface CellPlan {
  /** 1 where the field stands as it was recorded, 0 where the number is a derived one. */
  readonly isRecorded: Uint8Array;
  /** Where a column's number and its reason are. */
  readonly indexes: Int32Array;
  /** Where a column's field is in the row. */
  readonly slots: Int32Array;
  /** What numbers are multiplied by. */
  readonly factors: Float64Array;
}

/** A row that is worked out. */
export interface Cells {
  readonly row: FieldRow;
  readonly numbers: Float64Array;
  readonly reasons: Uint8Array;
}

const [COMMA, ZERO, LETTER_N, LETTER_A] = [0x2c, 0x30, 0x4e, 0x41];
/** Below it whole numbers are divided exactly; 0 is not -0, which String writes as 0 too. */
const SMALL = 2 ** 31;
/** Longest text of a double, and a comma. */
export const CELL_BYTES = 26;

/** Text in the making, as bytes: numbers and pieces of other bytes go into it without a string being made of them. */
export class TextBuffer {
  readonly #doubles = new DoubleTexts();
  #bytes: Buffer = Buffer.allocUnsafeSlow(1024 * 1024);
  #length = 0;

  /** Copies what was written, and begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const text = new Uint8Array(this.#length);
    text.set(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return text;
  }

  text(text: string): void {
    this.#reserve(text.length * 3);
    this.#length += this.#bytes.write(text, this.#length, 'utf8');
  }

  copy(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /**
   * Writes the cells of some columns, a comma before each; NA where there is no value. In one piece, and bytes one by one:
   * this is where the time goes, and a call for each cell took twice as long.
   * @param textAt what stands in a cell that holds no number, as CSV has it
   */
  cells(plan: CellPlan, { row, numbers, reasons }: Cells, textAt: (column: number) => string): void {
    const { isRecorded, indexes, slots, factors } = plan;
    const { kinds, starts, ends, bytes: from } = row;
    this.#reserve(indexes.length * CELL_BYTES);
    let bytes = this.#bytes;
    let to = this.#length;
    for (let column = 0; column < indexes.length; column += 1) {
      bytes[to++] = COMMA;
      const index = indexes[column] as number;
      if (reasons[index] !== 0) {
        bytes[to++] = LETTER_N;
        bytes[to++] = LETTER_A;
        continue;
      }
      const factor = factors[column] as number;
      if (isRecorded[column] === 1) {
        const slot = slots[column] as number;
        if (kinds[slot] !== NUMBER) {
          this.#length = to;
          const text = textAt(column);
          this.#reserve(text.length * 3 + (indexes.length - column) * CELL_BYTES);
          bytes = this.#bytes;
          to += bytes.write(text, to, 'utf8');
          continue;
        }
        const start = starts[slot] as number;
        if (factor === 1 && start >= 0) {
          const end = ends[slot] as number;
          for (let at = start; at < end; at += 1) bytes[to++] = from[at] as number;
          continue;
        }
      }
      const value = (numbers[index] as number) * factor;
      if (value >= 0 && value < 10 && value === Math.trunc(value)) bytes[to++] = ZERO + value;
      else if (value >= 0 && value < SMALL && value === Math.trunc(value)) to = writeDigits(bytes, to, value);
      else to = this.#doubles.write(value, bytes, to);
    }
    this.#length = to;
  }

  #reserve(room: number): void {
    if (this.#length + room <= this.#bytes.length) return;
    const bytes = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + room));
    this.#bytes.copy(bytes, 0, 0, this.#length);
    this.#bytes = bytes;
  }
}

/** @returns where the text ends */
function writeDigits(bytes: Uint8Array, start: number, value: number): number {
  let length = 2;
  for (let above = 100; above <= value; above *= 10) length += 1;
  let rest = value;
  for (let at = start + length - 1; at >= start; at -= 1) {
    const tens = Math.floor(rest / 10);
    bytes[at] = ZERO + (rest - tens * 10);
    rest = tens;
  }
  return start + length;
}

/** A cell of text: quoted where a comma, a quote or a line's end stands in it (RFC 4180). */
export function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
