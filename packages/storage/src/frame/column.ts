import type { FieldValue } from '@perfcollector/procfs';
import { decimalOf, decimalValue } from './decimal.ts';

/** A row has no value. */
export const ABSENT = 255;
/** A row's value is no decimal number: it stands in `others`. */
export const OTHER = 254;

/** One value or none for each row, held as decimal numbers where they are such: so they stay exact, and their differences too. */
export class Column {
  readonly mantissas: Float64Array;
  /** Digits behind the point, or ABSENT, or OTHER. */
  readonly scales: Uint8Array;
  others: Map<number, FieldValue> | undefined;

  constructor(rows: number) {
    this.mantissas = new Float64Array(rows);
    this.scales = new Uint8Array(rows).fill(ABSENT);
  }

  get rows(): number {
    return this.scales.length;
  }

  set(row: number, value: FieldValue): void {
    const decimal = typeof value === 'number' ? decimalOf(value) : undefined;
    if (decimal) this.setDecimal(row, decimal.mantissa, decimal.scale);
    else this.setOther(row, value);
  }

  setDecimal(row: number, mantissa: number, scale: number): void {
    this.mantissas[row] = mantissa;
    this.scales[row] = scale;
  }

  setOther(row: number, value: FieldValue): void {
    this.scales[row] = OTHER;
    this.others ??= new Map();
    this.others.set(row, value);
  }

  get(row: number): FieldValue | undefined {
    const scale = this.scales[row] as number;
    if (scale === 0) return this.mantissas[row] as number;
    if (scale < OTHER) return decimalValue(this.mantissas[row] as number, scale);
    return scale === OTHER ? this.others?.get(row) : undefined;
  }

  /** Undefined also where it is a text. */
  number(row: number): number | undefined {
    const value = this.get(row);
    return typeof value === 'number' ? value : undefined;
  }
}
