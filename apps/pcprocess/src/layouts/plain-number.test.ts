import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainNumber } from './plain-number.ts';

test.each([
  [1e-7, '0.0000001'],
  [-1.25e-9, '-0.00000000125'],
  [1.5e21, '1500000000000000000000'],
  [0, '0'],
  [0.1, '0.1'],
])('%d has no exponent', (value, text) => {
  expect(plainNumber(value)).toBe(text);
});

test('every number comes back as it was', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(plainNumber(value)).toMatch(/^-?\d+(\.\d+)?$/);
      expect(Number(plainNumber(value))).toBe(value === 0 ? 0 : value);
    }),
  );
});
