/** Values of fields as tests make them up. Nothing else imports it. */
import type { FieldValue } from '@perfcollector/procfs';
import fc from 'fast-check';

const TEXTS = [
  '',
  '\ud800',
  '\udc00a',
  '\u{10ffff}-0',
  '-0',
  '"',
  '\u0000',
  '18446744073709551615',
  'x'.repeat(20_000),
];
const NUMBERS = [0, -0, 5e-324, 1e300, -1e308, 1 / 3, 0.1, 1e-7, 1e-8, 2 ** 31, 2 ** 32, 2 ** 40, 2 ** 51, 1e15 + 0.5];
const SAFE = Number.MAX_SAFE_INTEGER;

const number: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: -300, max: 300 }),
  fc.maxSafeInteger(),
  fc.tuple(fc.maxSafeInteger(), fc.nat(10)).map(([mantissa, scale]) => mantissa / 10 ** scale),
  fc.tuple(fc.integer(), fc.nat(8)).map(([mantissa, scale]) => mantissa / 10 ** scale),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.nat(3).map((below) => SAFE - below),
  fc.nat(3).map((above) => above - SAFE),
  fc.constantFrom(...NUMBERS),
);

const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 5 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom(...TEXTS),
);

export const anyValue: fc.Arbitrary<FieldValue> = fc.oneof(
  { weight: 4, arbitrary: number },
  { weight: 1, arbitrary: text },
);

/** A column's values; undefined where a row has none. Alike ones are near each other, as in columns of samples. */
export const anyRows: fc.Arbitrary<(FieldValue | undefined)[]> = fc.oneof(
  fc.array(fc.option(anyValue, { nil: undefined }), { maxLength: 40 }),
  fc.array(anyValue, { maxLength: 40 }),
  fc
    .tuple(fc.maxSafeInteger(), fc.array(fc.nat(200), { maxLength: 100 }))
    .map(([first, steps]) => rising(first, steps)),
  fc.tuple(anyValue, fc.nat(100)).map(([value, rows]) => new Array<FieldValue>(rows).fill(value)),
  fc.array(fc.constantFrom(-SAFE, SAFE, 0, 2 ** 52, -(2 ** 52)), { maxLength: 20 }),
);

function rising(first: number, steps: readonly number[]): number[] {
  let value = Math.floor(first / 2);
  return steps.map((step) => {
    value += step;
    return value;
  });
}
