import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rank } from './ranking.ts';

test('the largest come first, equal ones as they stand, and what measures nothing not at all', () => {
  const sizes = fc.array(fc.record({ size: fc.option(fc.integer({ min: -1, max: 6 }), { nil: undefined }) }));
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 8 }), (all, count) => {
      const want = all.filter(({ size = 0 }) => size > 0).sort((a, b) => (b.size ?? 0) - (a.size ?? 0));
      expect(rank([], all, { count, measure: ({ size }) => size })).toStrictEqual(want.slice(0, count));
    }),
  );
});
