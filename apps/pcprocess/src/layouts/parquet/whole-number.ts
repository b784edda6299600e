const UINT64_END = 2 ** 64;

/** Whether an unsigned column of 64 bits holds this recorded value exactly. */
export function isUint64(value: number | string): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 && value < UINT64_END;
  return isDecimal(value) && BigInt(value) < UINT64_END;
}

/** Whether this recorded value is a whole number that no double equals: as one it would be another number. */
export function isBeyondDouble(value: number | string): boolean {
  return typeof value === 'string' && isDecimal(value) && BigInt(Number(value)) !== BigInt(value);
}

/** As the collection format writes whole numbers above 2^53 − 1; no longer than any that 64 bits hold. */
function isDecimal(text: string): boolean {
  return /^\d{1,20}$/.test(text);
}
