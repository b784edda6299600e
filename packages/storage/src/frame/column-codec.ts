/**
 * A column as bytes. Most columns of a machine's hour do not change at all, and most of the rest change by little, so
 * decimal numbers are kept as the differences between them (or the differences between those, of a counter that grows at
 * a steady rate), short ones in a byte. Anything else is a list of distinct values and which row has which.
 *
 *     flags: 1 = list of values, 2 = some rows have none, 12 = mode, 240 = digits behind the point
 *     [where rows have none: count and lengths of the runs, the first one of rows that have a value]
 *     the values
 */
import type { FieldValue } from '@perfcollector/procfs';
import { type ByteReader, DamagedError } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { ABSENT, Column, OTHER } from './column.ts';
import { MOST_SCALE, POWERS } from './decimal.ts';

const LIST = 1;
const HAS_ABSENT = 2;
const [CONSTANT, DIFFERENCES, SECOND_DIFFERENCES] = [0, 4, 8];
const MODE = 12;

/** Beyond this a second difference might not be exact as a double. */
const WIDEST = 2 ** 51;

export function encodeColumn(column: Column, writer: ByteWriter): void {
  const shape = surveyOf(column);
  const absent = shape.present < column.rows ? HAS_ABSENT : 0;
  const numbers = shape.isDecimal ? rescaled(column, shape) : undefined;
  if (numbers) {
    const mode = modeOf(numbers);
    writer.byte(absent | mode | (shape.scale << 4));
    if (absent) encodePresence(column, writer);
    encodeNumbers(numbers, mode, writer);
  } else {
    writer.byte(absent | LIST);
    if (absent) encodePresence(column, writer);
    encodeList(column, writer);
  }
}

interface Survey {
  readonly present: number;
  readonly isDecimal: boolean;
  /** The largest. */
  readonly scale: number;
}

function surveyOf({ scales }: Column): Survey {
  let [present, others, scale] = [0, 0, 0];
  for (const one of scales) {
    if (one === ABSENT) continue;
    present += 1;
    if (one === OTHER) others += 1;
    else if (one > scale) scale = one;
  }
  return { present, isDecimal: others === 0, scale };
}

/** The numbers with one scale for all; undefined where they would not be exact. */
function rescaled({ mantissas, scales }: Column, { present, scale }: Survey): Float64Array | undefined {
  if (present === scales.length && scale === 0) return isNarrow(mantissas) ? mantissas : undefined;
  const numbers = new Float64Array(present);
  let at = 0;
  for (let row = 0; row < scales.length; row += 1) {
    const own = scales[row] as number;
    if (own !== ABSENT) numbers[at++] = (mantissas[row] as number) * (POWERS[scale - own] as number);
  }
  return isNarrow(numbers) ? numbers : undefined;
}

function isNarrow(numbers: Float64Array): boolean {
  let [least, most] = [Infinity, -Infinity];
  for (const number of numbers) {
    if (number < least) least = number;
    if (number > most) most = number;
  }
  if (numbers.length === 0) return true;
  return most - least < WIDEST && most <= Number.MAX_SAFE_INTEGER / 2 && least >= -Number.MAX_SAFE_INTEGER / 2;
}

/** Whichever takes fewer bytes, judged by the size of the numbers. */
function modeOf(numbers: Float64Array): number {
  let [changes, first, second, beforeThat] = [0, 0, 0, 0];
  for (let at = 1; at < numbers.length; at += 1) {
    const step = (numbers[at] as number) - (numbers[at - 1] as number);
    if (step !== 0) changes += 1;
    first += bits(step);
    second += bits(step - beforeThat);
    beforeThat = step;
  }
  if (changes === 0) return CONSTANT;
  return second < first ? SECOND_DIFFERENCES : DIFFERENCES;
}

function bits(step: number): number {
  return step === 0 ? 0 : 32 - Math.clz32(Math.min(Math.abs(step), 0xffffffff));
}

function encodeNumbers(numbers: Float64Array, mode: number, writer: ByteWriter): void {
  if (numbers.length === 0) return;
  let before = numbers[0] as number;
  writer.zigzag(before);
  if (mode === CONSTANT) return;
  let beforeThat = 0;
  for (let at = 1; at < numbers.length; at += 1) {
    const number = numbers[at] as number;
    const step = number - before;
    writer.zigzag(mode === DIFFERENCES ? step : step - beforeThat);
    beforeThat = step;
    before = number;
  }
}

function encodePresence({ scales }: Column, writer: ByteWriter): void {
  const runs: number[] = [];
  let [hasValue, length] = [true, 0];
  for (const scale of scales) {
    if ((scale !== ABSENT) !== hasValue) {
      runs.push(length);
      hasValue = !hasValue;
      length = 0;
    }
    length += 1;
  }
  runs.push(length);
  writer.varint(runs.length);
  for (const run of runs) writer.varint(run);
}

function encodeList(column: Column, writer: ByteWriter): void {
  const places = new Map<FieldValue | typeof NEGATIVE_ZERO, number>();
  const rows: number[] = [];
  for (let row = 0; row < column.rows; row += 1) {
    const value = column.get(row);
    if (value === undefined) continue;
    // A map takes −0 for 0.
    const key = Object.is(value, -0) ? NEGATIVE_ZERO : value;
    const place = places.get(key) ?? places.size;
    places.set(key, place);
    rows.push(place);
  }
  writer.varint(places.size);
  for (const value of places.keys()) writer.text(value === NEGATIVE_ZERO ? '-0' : JSON.stringify(value));
  if (places.size > 1) for (const place of rows) writer.varint(place);
}

const NEGATIVE_ZERO = Symbol('-0');

/** @throws DamagedError */
export function decodeColumn(reader: ByteReader, rows: number): Column {
  const flags = reader.byte();
  const column = new Column(rows);
  if (flags & HAS_ABSENT) decodePresence(reader, column);
  else column.scales.fill(0);
  if (flags & LIST) decodeList(reader, column);
  else decodeNumbers(reader, column, flags);
  return column;
}

/** Marks the rows that have a value. */
function decodePresence(reader: ByteReader, { scales }: Column): void {
  let [row, hasValue] = [0, true];
  for (let runs = reader.varint(); runs > 0; runs -= 1) {
    const end = row + reader.varint();
    if (end > scales.length) throw new DamagedError('a column of it has too many rows');
    if (hasValue) scales.fill(0, row, end);
    row = end;
    hasValue = !hasValue;
  }
}

function decodeNumbers(reader: ByteReader, { mantissas, scales }: Column, flags: number): void {
  const [mode, scale] = [flags & MODE, flags >> 4];
  if (scale > MOST_SCALE) throw new DamagedError('a column of it is of no known kind');
  let [number, step, isFirst] = [0, 0, true];
  for (let row = 0; row < scales.length; row += 1) {
    if (scales[row] === ABSENT) continue;
    if (isFirst) number = reader.zigzag();
    else if (mode !== CONSTANT) {
      step = mode === DIFFERENCES ? reader.zigzag() : step + reader.zigzag();
      number += step;
    }
    isFirst = false;
    mantissas[row] = number;
    scales[row] = scale;
  }
}

function decodeList(reader: ByteReader, column: Column): void {
  const values: FieldValue[] = [];
  for (let count = reader.varint(); count > 0; count -= 1) {
    const text = reader.text();
    values.push(text === '-0' ? -0 : parseValue(text));
  }
  for (let row = 0; row < column.rows; row += 1) {
    if (column.scales[row] === ABSENT) continue;
    const value = values[values.length > 1 ? reader.varint() : 0];
    if (value === undefined) throw new DamagedError('a column of it names a value that is not there');
    column.set(row, value);
  }
}

function parseValue(text: string): FieldValue {
  try {
    return JSON.parse(text) as FieldValue;
  } catch (error) {
    throw new DamagedError('a value in it is unreadable', { cause: error });
  }
}
