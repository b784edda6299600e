import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isBeyondDouble, isUint64 } from './whole-number.ts';

test.each([0, 1, 2 ** 53, '0', '007', '9007199254740993', '18446744073709551615'])('%s fits 64 bits', (value) => {
  expect(isUint64(value)).toBe(true);
});

test.each([
  -1,
  0.5,
  2 ** 64,
  1e300,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '',
  '-1',
  '1.5',
  '1e3',
  ' 1',
  'x',
  '18446744073709551616',
])('%s does not fit 64 bits', (value) => {
  expect(isUint64(value)).toBe(false);
});

test('a text that is no number, however long, is neither', () => {
  const text = '9'.repeat(100_000);
  expect([isUint64(text), isBeyondDouble(text), isUint64('x'), isBeyondDouble('x')]).toEqual(Array(4).fill(false));
});

test('a whole number is beyond a double exactly where it does not come back from one', () => {
  expect(isBeyondDouble('9007199254740993')).toBe(true);
  expect(isBeyondDouble('9223372036854771712')).toBe(false);
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (value) => {
      expect(isBeyondDouble(String(value))).toBe(BigInt(Number(value)) !== value);
    }),
  );
});

test('every double that is recorded as a number is itself', () => {
  fc.assert(fc.property(fc.double(), (value) => !isBeyondDouble(value)));
});
