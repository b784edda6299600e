import { type FieldRow, NUMBER } from '@perfcollector/collection';
import type { DoubleTexts } from './double-texts.ts';

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
/** Longest text of a double, 25 bytes, and a comma; what is written over behind it is within the next one's room, or this. */
const CELL_BYTES = 32;

const BEGINNING = 64 * 1024;

/** Text in the making, as bytes: numbers and pieces of other bytes go into it without a string being made of them. */
export class TextBuffer {
  readonly #doubles: DoubleTexts;
  #bytes: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(BEGINNING);
  #words = wordsOf(this.#bytes);
  #length = 0;

  /** @param doubles of its thread */
  constructor(doubles: DoubleTexts) {
    this.#doubles = doubles;
  }

  /** Gives what was written away, and begins anew. @param spare a buffer that nobody needs any more */
  take(spare?: ArrayBuffer): Uint8Array<ArrayBuffer> {
    const text = new Uint8Array(this.#bytes.buffer, 0, this.#length);
    this.#bytes = spare ? Buffer.from(spare) : Buffer.allocUnsafeSlow(this.#bytes.length);
    this.#words = wordsOf(this.#bytes);
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
    const { kinds, starts, ends, bytes: from, words: fromWords } = row;
    this.#reserve(indexes.length * CELL_BYTES);
    let bytes = this.#bytes;
    let words = this.#words;
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
        if (kinds[slot] !== NUMBER || (factor !== 1 && losesDigits(numbers[index] as number, factor))) {
          this.#length = to;
          const text = textAt(column);
          this.#reserve(text.length * 3 + (indexes.length - column) * CELL_BYTES);
          bytes = this.#bytes;
          words = this.#words;
          to += bytes.write(text, to, 'utf8');
          continue;
        }
        const start = starts[slot] as number;
        if (factor === 1 && start >= 0) {
          const end = ends[slot] as number;
          if (end - start <= 16 && start + 16 <= from.length) {
            // Sixteen bytes, however many are needed: a loop that ends sooner or later is mispredicted at each number.
            words.setFloat64(to, fromWords.getFloat64(start, true), true);
            words.setFloat64(to + 8, fromWords.getFloat64(start + 8, true), true);
            to += end - start;
          } else for (let at = start; at < end; at += 1) bytes[to++] = from[at] as number;
          continue;
        }
      }
      const value = (numbers[index] as number) * factor;
      if (value === 0) bytes[to++] = ZERO;
      else if (value >= 0 && value < 10 && value === Math.trunc(value)) bytes[to++] = ZERO + value;
      else if (value >= 0 && value < SMALL && value === Math.trunc(value)) to = writeDigits(bytes, to, value);
      else to = this.#doubles.write(value, words, to);
    }
    this.#length = to;
  }

  #reserve(room: number): void {
    if (this.#length + room <= this.#bytes.length) return;
    const bytes = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + room));
    this.#bytes.copy(bytes, 0, 0, this.#length);
    this.#bytes = bytes;
    this.#words = wordsOf(bytes);
  }
}

function wordsOf({ buffer, byteOffset, length }: Buffer<ArrayBuffer>): DataView {
  return new DataView(buffer, byteOffset, length);
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

/** Whether the product is a whole number above 2^53, of which JavaScript writes the shortest text, filled up with zeros. */
function losesDigits(value: number, factor: number): boolean {
  return Number.isSafeInteger(value) && !Number.isSafeInteger(value * factor);
}

/** A cell of text: quoted where a comma, a quote or a line's end stands in it (RFC 4180). */
export function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
