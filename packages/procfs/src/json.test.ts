import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countOf, parseJson, parseJsonObject } from './json.ts';

describe('JSON', () => {
  test('keeps every digit of an integer above 2^53', () => {
    expect(parseJson('{"a":9007199254740991,"b":9007199254740993,"c":18446744073709551615}')).toStrictEqual({
      a: 9007199254740991,
      b: '9007199254740993',
      c: '18446744073709551615',
    });
  });

  test('leaves long fractions and digits inside strings as they are', () => {
    expect(parseJson('{"a":1.9900497512437811,"b":"9007199254740993"}')).toStrictEqual({
      a: 1.9900497512437811,
      b: '9007199254740993',
    });
  });

  test('of smaller numbers is what JSON.parse makes of it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!/\d{16}/.test(text));
        expect(parseJson(text)).toStrictEqual(JSON.parse(text));
      }),
    );
  });

  test('a hundred thousand levels deep is no object, with long numbers in it or without', () => {
    const deep = (digits: string) => `${'['.repeat(100_000)}${digits}${']'.repeat(100_000)}`;
    expect(parseJsonObject(deep('1'))).toBeUndefined();
    expect(parseJsonObject(deep('1234567890123456789'))).toBeUndefined();
  });

  test.each(['', '[1]', '1', 'null', '{"a":', '"x"'])('that is no object gives none: %s', (text) => {
    expect(parseJsonObject(text)).toBeUndefined();
  });

  test.each([[[5]], [{ toString: 1 }], [null], [true], [-1], [1.5], ['x']])(
    'a count is digits and nothing else: %s',
    (member) => {
      expect(countOf(member)).toBeUndefined();
    },
  );
});
