import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnsOf, parseCount } from './count.ts';

describe('a count', () => {
  test('is a number up to 2^53-1 and the digits themselves above', () => {
    expect(parseCount('0')).toBe(0);
    expect(parseCount('9007199254740991')).toBe(9007199254740991);
    expect(parseCount('9007199254740992')).toBe('9007199254740992');
    expect(parseCount('9007199254740993')).toBe('9007199254740993');
    expect(parseCount('18446744073709551615')).toBe('18446744073709551615');
  });

  test('keeps the exact value, whatever its size', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 80n }), (value) => {
        const count = parseCount(String(value));
        expect(typeof count).toBe(value < 2n ** 53n ? 'number' : 'string');
        expect(BigInt(count ?? -1)).toBe(value);
      }),
    );
  });

  test.each(['', ' ', '-1', '+1', '1.0', '1e3', '0x10', '1 ', ' 1', '1\n', '1_000', '12a', 'NaN', 'Infinity', '١'])(
    'is not %j',
    (text) => {
      expect(parseCount(text)).toBeUndefined();
    },
  );
});

describe('columns', () => {
  test.each([
    ['', []],
    [' \t ', []],
    ['a', ['a']],
    ['  a \t b  c ', ['a', 'b', 'c']],
    ['a\u00a0b c', ['a\u00a0b', 'c']],
  ])('of %j', (line, want) => {
    expect(columnsOf(line)).toStrictEqual(want);
  });
});
