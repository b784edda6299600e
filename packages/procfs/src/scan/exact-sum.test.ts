import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExactSum } from './exact-sum.ts';

function sumOf(counts: readonly string[]): string {
  const sum = new ExactSum();
  for (const count of counts) {
    const text = Buffer.from(`x${count}\0`);
    expect(sum.add(text, 1)).toBe(text.length - 1);
  }
  return String(sum.value());
}

test('a sum is exact, whatever its size', () => {
  const counts = fc.array(fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 99n })));
  fc.assert(
    fc.property(counts, (some) => {
      expect(sumOf(some.map(String))).toBe(String(some.reduce((sum, count) => sum + count, 0n)));
    }),
  );
});

test('a sum is a number as far as numbers are exact', () => {
  expect(sumOf(['9007199254740990', '1'])).toBe('9007199254740991');
  expect(sumOf(['9007199254740991', '2'])).toBe('9007199254740993');
});

test.each(['', '-1', '1'.repeat(21)])('nothing is added of %j', (text) => {
  const sum = new ExactSum();
  expect(sum.add(Buffer.from(`${text}\0`), 0)).toBe(0);
  expect(sum.value()).toBe(0);
});

test('a sum begins anew', () => {
  const sum = new ExactSum();
  sum.add(Buffer.from('18446744073709551615\0'), 0);
  sum.clear();
  sum.add(Buffer.from('7\0'), 0);
  expect(sum.value()).toBe(7);
});
