/** A number as whole digits and where the point stands: 0.52 is 52 and 2. */
export interface Decimal {
  readonly mantissa: number;
  /** How many digits stand behind the point. */
  readonly scale: number;
}

/** The most digits behind a point; numbers with more are kept as doubles. */
export const MOST_SCALE = 8;

/** 10 to the power of a scale. A safe mantissa divided by it is the double nearest to the decimal number, as JSON.parse gives it. */
export const POWERS: readonly number[] = Array.from({ length: MOST_SCALE + 1 }, (_, scale) => 10 ** scale);

const SHORT = /^(-?\d{1,15})\.(\d{1,8})$/;

/** Undefined for a number that is none of few digits: 1/3, 1e300, −0. */
export function decimalOf(value: number): Decimal | undefined {
  if (Number.isSafeInteger(value)) return Object.is(value, -0) ? undefined : { mantissa: value, scale: 0 };
  const [, whole, fraction] = SHORT.exec(String(value)) ?? [];
  if (whole === undefined || fraction === undefined) return undefined;
  const mantissa = Number(whole + fraction);
  return Number.isSafeInteger(mantissa) ? { mantissa, scale: fraction.length } : undefined;
}

/** The double that a decimal number is. */
export function decimalValue(mantissa: number, scale: number): number {
  return scale === 0 ? mantissa : mantissa / (POWERS[scale] as number);
}
