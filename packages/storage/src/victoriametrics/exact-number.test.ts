import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digitsOfHalves, halvesOfDigits, halvesOfNumber, numberOfHalves, scaleOf } from './exact-number.ts';

describe('halves', () => {
  it('any number comes back from its halves, which are whole numbers below 2^32', () => {
    fc.assert(
      fc.property(fc.double(), (value) => {
        const halves = halvesOfNumber(value);
        expect(halves.every((half) => Number.isInteger(half) && half >= 0 && half < 2 ** 32)).toBe(true);
        expect(numberOfHalves(halves)).toBe(value);
      }),
    );
  });

  it('any counter of 64 bits above 2^53 comes back digit by digit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n << 53n, max: (1n << 64n) - 1n }), (value) => {
        const halves = halvesOfDigits(String(value));
        expect(halves && digitsOfHalves(halves)).toBe(String(value));
      }),
    );
  });

  it('texts that are no such counter are none', () => {
    for (const text of ['', 'x', '12', '-9007199254740993', '09007199254740993', '18446744073709551616', '9e30']) {
      expect(halvesOfDigits(text)).toBeUndefined();
    }
  });
});

describe('scales', () => {
  const scales = [
    [0, 'near'],
    [-12.345, 'near'],
    [0.1 + 0.2, 'rounded'],
    [1767982248.123, 'rounded'],
    [9_007_199_254_740, 'near'],
    [9_007_199_254_741, 'far'],
    [-Number.MAX_SAFE_INTEGER, 'far'],
    [2 ** 53, 'rounded'],
    [5e-324, 'rounded'],
    [Number.MAX_VALUE, 'rounded'],
  ] as const;
  for (const [value, scale] of scales) it(`${value} is ${scale}`, () => expect(scaleOf(value)).toBe(scale));
});
