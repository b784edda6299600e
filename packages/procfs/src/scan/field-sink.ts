import { parseCount } from '../count.ts';
import type { Fields } from '../types.ts';
import type { FieldKey } from './field-key.ts';

/**
 * Where a scanner puts what it reads. The agent's sink copies the kernel's digits into the line that it writes, the one
 * of a reader makes numbers of them: what a kernel file means is written down once for both.
 */
export interface FieldSink {
  /**
   * Takes the decimal digits that begin at `at` as the field's value, exactly. Where the text ends with them they may be
   * the beginning of a longer number: then they are passed over.
   * @param text a NUL stands behind its end
   * @returns where the digits end; `at` itself where there are none, and then nothing is taken
   */
  count(key: FieldKey, text: Uint8Array, at: number): number;
  /** The same for a number with an optional sign and decimals: `-12`, `0.20`. */
  decimal(key: FieldKey, text: Uint8Array, at: number): number;
  /** @param value finite; whole where it is a bigint */
  number(key: FieldKey, value: number | bigint): void;
  label(key: FieldKey, value: string): void;
  /** A place to go back to. */
  mark(): number;
  /** Takes back what was put after the mark. */
  rollback(mark: number): void;
}

const POINT = 0x2e;

/** Gathers fields into an object. */
export class FieldCollector implements FieldSink {
  readonly fields: Fields = {};

  count(key: FieldKey, text: Uint8Array, at: number): number {
    const end = digitsEnd(text, at);
    if (end > at && !isCutOff(text, end)) this.fields[key.name] = parseCount(latin1(text, at, end)) ?? raiseBug();
    return end;
  }

  decimal(key: FieldKey, text: Uint8Array, at: number): number {
    const end = decimalEnd(text, at);
    if (end > at && !isCutOff(text, end)) this.fields[key.name] = Number(latin1(text, at, end));
    return end;
  }

  number(key: FieldKey, value: number | bigint): void {
    this.fields[key.name] =
      value > Number.MAX_SAFE_INTEGER && typeof value === 'bigint' ? String(value) : Number(value);
  }

  label(key: FieldKey, value: string): void {
    this.fields[key.name] = value;
  }

  mark(): number {
    return Object.keys(this.fields).length;
  }

  rollback(mark: number): void {
    for (const name of Object.keys(this.fields).slice(mark)) delete this.fields[name];
  }
}

/** Where the digits that begin at `at` end. */
export function digitsEnd(text: Uint8Array, at: number): number {
  let end = at;
  while (isDigit(text[end])) end += 1;
  return end;
}

/** Where the number with sign and decimals that begins at `at` ends; `at` where there is none. */
export function decimalEnd(text: Uint8Array, at: number): number {
  const digits = text[at] === 0x2d ? at + 1 : at;
  const end = digitsEnd(text, digits);
  if (end === digits) return at;
  const decimals = text[end] === POINT ? digitsEnd(text, end + 1) : 0;
  return decimals > end + 1 ? decimals : end;
}

/**
 * Whether the number that ends here may go on: the kernel ends its lines with a line feed, so a text that ends with a digit
 * was cut off, as captures are where a disk was full. With two decimals a number is whole: the kernel prints no more of
 * any.
 */
export function isCutOff(text: Uint8Array, end: number): boolean {
  if (text[end] === POINT) return text[end + 1] === 0;
  return text[end] === 0 && text[end - 3] !== POINT;
}

function isDigit(byte: number | undefined): boolean {
  return (byte as number) >= 0x30 && (byte as number) <= 0x39;
}

export function latin1(text: Uint8Array, start: number, end: number): string {
  return Buffer.from(text.buffer, text.byteOffset + start, end - start).toString('latin1');
}

function raiseBug(): never {
  throw new Error('BUG: digits are no count');
}
