/**
 * The values of one sample, one behind the other, as they wait to be sealed. A byte says what follows:
 *
 *     00–7f  the number itself
 *     81–87  a whole number of so many bytes, the lowest first; 89–8f a negative one
 *     91–98  a decimal number: so many digits behind the point, then its digits as a whole number
 *     a0     a double of eight bytes
 *     b0     a text: its length (LEB128), its bytes in UTF-8; b1 one that UTF-8 cannot hold, as JSON
 */
import type { FieldValue } from '@perfcollector/procfs';
import { type ByteReader, DamagedError } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { ABSENT, type Column, OTHER } from './column.ts';
import { decimalOf, decimalValue, MOST_SCALE } from './decimal.ts';

const [POSITIVE, NEGATIVE, DECIMAL, DOUBLE, TEXT, JSON_TEXT] = [0x80, 0x88, 0x90, 0xa0, 0xb0, 0xb1];

export function writeValue(writer: ByteWriter, value: FieldValue): void {
  if (typeof value === 'string') {
    const isUnicode = value.isWellFormed();
    writer.byte(isUnicode ? TEXT : JSON_TEXT);
    writer.text(isUnicode ? value : JSON.stringify(value));
    return;
  }
  const decimal = decimalOf(value);
  if (decimal) writeDecimal(writer, decimal.mantissa, decimal.scale);
  else {
    writer.byte(DOUBLE);
    writer.float64(value);
  }
}

/** @param mantissa safe, and with its last digit not 0 where there is a scale */
export function writeDecimal(writer: ByteWriter, mantissa: number, scale: number): void {
  if (scale > 0) writer.byte(DECIMAL + scale);
  if (mantissa >= 0 && mantissa < 0x80) {
    writer.byte(mantissa);
    return;
  }
  const digits = Math.abs(mantissa);
  const length = bytesOf(digits);
  writer.byte((mantissa < 0 ? NEGATIVE : POSITIVE) + length);
  if (length <= 4) {
    writer.bytesOf(digits, length);
    return;
  }
  let rest = digits;
  for (let left = length; left > 0; left -= 1) {
    const above = Math.floor(rest / 256);
    writer.byte(rest - above * 256);
    rest = above;
  }
}

function bytesOf(digits: number): number {
  if (digits < 0x100000000) return digits < 0x10000 ? (digits < 0x100 ? 1 : 2) : digits < 0x1000000 ? 3 : 4;
  return digits < 2 ** 40 ? 5 : digits < 2 ** 48 ? 6 : 7;
}

/** Reads values one after the other; each takes the place of the one before. @throws DamagedError */
export class ValueReader {
  mantissa = 0;
  /** As a column has it; never ABSENT. */
  scale = 0;
  other: FieldValue = 0;
  readonly #bytes: ByteReader;

  constructor(bytes: ByteReader) {
    this.#bytes = bytes;
  }

  next(): void {
    const head = this.#bytes.byte();
    if (head > DECIMAL && head <= DECIMAL + MOST_SCALE) {
      this.#whole(this.#bytes.byte());
      this.scale = head - DECIMAL;
      return;
    }
    this.scale = 0;
    if (head <= DECIMAL) this.#whole(head);
    else this.#readOther(head);
  }

  putInto(column: Column, row: number): void {
    if (this.scale === OTHER) column.setOther(row, this.other);
    else column.setDecimal(row, this.mantissa, this.scale);
  }

  get value(): FieldValue {
    return this.scale === OTHER ? this.other : decimalValue(this.mantissa, this.scale);
  }

  #whole(head: number): void {
    if (head < 0x80) {
      this.mantissa = head;
      return;
    }
    const length = head & 7;
    if (length === 0 || head >= DECIMAL) throw new DamagedError('a value in it is of no known kind');
    let [digits, scale] = [0, 1];
    for (let left = length; left > 0; left -= 1) {
      digits += this.#bytes.byte() * scale;
      scale *= 256;
    }
    this.mantissa = head >= NEGATIVE ? -digits : digits;
  }

  #readOther(head: number): void {
    if (head === DOUBLE) this.other = this.#bytes.float64();
    else if (head === TEXT) this.other = this.#bytes.text();
    else if (head === JSON_TEXT) this.other = parseText(this.#bytes.text());
    else throw new DamagedError('a value in it is of no known kind');
    this.scale = OTHER;
  }
}

function parseText(json: string): string {
  let text: unknown;
  try {
    text = JSON.parse(json);
  } catch (error) {
    throw new DamagedError('a text in it is unreadable', { cause: error });
  }
  if (typeof text !== 'string') throw new DamagedError('a text in it is something else');
  return text;
}

/** A column's value at a row, as it is written here. */
export function writeFrom(writer: ByteWriter, column: Column, row: number): void {
  const scale = column.scales[row] as number;
  if (scale < OTHER) writeReduced(writer, column.mantissas[row] as number, scale);
  else if (scale !== ABSENT) writeValue(writer, column.others?.get(row) ?? 0);
}

/** Columns have one scale for all; here each number has its own. */
function writeReduced(writer: ByteWriter, mantissa: number, scale: number): void {
  let [digits, behind] = [mantissa, scale];
  for (; behind > 0 && digits % 10 === 0; behind -= 1) digits /= 10;
  writeDecimal(writer, digits, behind);
}
