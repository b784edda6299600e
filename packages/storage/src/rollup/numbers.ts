import type { FieldValue } from '@perfcollector/procfs';
import { ABSENT, type Column } from '../frame/column.ts';
import { POWERS } from '../frame/decimal.ts';

/**
 * A column's numbers for calculating: number = (base + values[row]) / 10^scale, so that sums and differences of decimal
 * numbers, and of counters beyond 2^53, are exact.
 */
export interface Numbers {
  /** NaN where there is none. */
  readonly values: Float64Array;
  readonly scale: number;
  /** 0 but for counters beyond 2^53. */
  readonly base: bigint;
}

/** Of a counter. Texts that are no whole numbers count as absent. */
export function countsOf(column: Column): Numbers {
  return column.others && [...column.others.values()].some(isLarge) ? largeNumbers(column) : numbersOf(column);
}

/** Base 0: what is beyond 2^53 is the nearest double. Texts that are no whole numbers count as absent. */
export function numbersOf(column: Column): Numbers {
  const scale = scaleOf(column);
  const values = new Float64Array(column.rows);
  const { mantissas, scales } = column;
  for (let row = 0; row < values.length; row += 1) {
    const own = scales[row] as number;
    if (own === scale) values[row] = mantissas[row] as number;
    else if (own === ABSENT) values[row] = Number.NaN;
    else if (own <= scale) values[row] = (mantissas[row] as number) * (POWERS[scale - own] as number);
    else values[row] = doubleOf(column.get(row)) * (POWERS[scale] as number);
  }
  return { values, scale, base: 0n };
}

function scaleOf({ scales }: Column): number {
  let most = 0;
  for (const scale of scales) if (scale > most && scale < POWERS.length) most = scale;
  return most;
}

function doubleOf(value: FieldValue | undefined): number {
  return typeof value === 'number' || (value !== undefined && isLarge(value)) ? Number(value) : Number.NaN;
}

function isLarge(value: FieldValue): boolean {
  return typeof value === 'string' && /^\d{16,20}$/.test(value);
}

/** Against the first of them, the others are near. */
function largeNumbers(column: Column): Numbers {
  const values = new Float64Array(column.rows).fill(Number.NaN);
  let base: bigint | undefined;
  for (let row = 0; row < values.length; row += 1) {
    const value = column.get(row);
    if (value === undefined || !(isLarge(value) || Number.isSafeInteger(value))) continue;
    const exact = BigInt(value);
    base ??= exact;
    values[row] = Number(exact - base);
  }
  return { values, scale: 0, base: base ?? 0n };
}

/** Puts a number into a column as it would stand in a sample. */
export function putNumber(column: Column, row: number, { value, scale, base }: OneNumber): void {
  if (base !== 0n) {
    const exact = base + BigInt(value);
    column.set(row, exact <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(exact) : String(exact));
  } else if (Number.isSafeInteger(value) && !Object.is(value, -0)) column.setDecimal(row, value, scale);
  else column.set(row, value / (POWERS[scale] as number));
}

/** (base + value) / 10^scale */
export interface OneNumber {
  readonly value: number;
  readonly scale: number;
  readonly base: bigint;
}
