/**
 * The engine keeps each block of a series as whole numbers at one decimal scale. Thousandths below 2^53 come back exactly,
 * whatever stands beside them, and so do whole numbers up to 2^53 among others of their kind. The scale of a fraction of
 * more digits, or of a larger number, takes digits from its neighbours and from itself.
 *
 * `near` values stand in their field's series, `far` ones in one of their own, `rounded` ones in a third and exactly beside.
 */
export type Scale = 'near' | 'far' | 'rounded';

export function scaleOf(value: number): Scale {
  const size = Math.abs(value);
  if (Number.isInteger(value)) {
    if (size <= LARGEST_NEAR) return 'near';
    return size <= Number.MAX_SAFE_INTEGER ? 'far' : 'rounded';
  }
  return size < LARGEST_FRACTION && Number(value.toFixed(3)) === value ? 'near' : 'rounded';
}

const LARGEST_NEAR = Math.floor(Number.MAX_SAFE_INTEGER / 1000);
/** The engine reads fractions to twelve digits. */
const LARGEST_FRACTION = 1e8;

/** Two whole numbers below 2^32, which the engine does give back. */
export type Halves = readonly [high: number, low: number];

export function halvesOfNumber(value: number): Halves {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return [view.getUint32(0), view.getUint32(4)];
}

export function numberOfHalves([high, low]: Halves): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, high);
  view.setUint32(4, low);
  return view.getFloat64(0);
}

/** Of a counter above 2^53, which samples hold as decimal digits; undefined for any other text. */
export function halvesOfDigits(text: string): Halves | undefined {
  if (!/^[1-9]\d{15,19}$/.test(text)) return undefined;
  const value = BigInt(text);
  if (value >= 1n << 64n) return undefined;
  return [Number(value >> 32n), Number(value & 0xffffffffn)];
}

export function digitsOfHalves([high, low]: Halves): string {
  return String((BigInt(high) << 32n) | BigInt(low));
}
