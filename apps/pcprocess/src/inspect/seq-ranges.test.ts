import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SeqRanges } from './seq-ranges.ts';

function received({ all }: SeqRanges): number {
  return all.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

test('ranges are what has come, in whatever order, and what comes twice is counted', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 40 }), { minLength: 1 }), (seqs) => {
      const ranges = new SeqRanges();
      for (const seq of seqs) ranges.add(seq, 1000 * seq);
      const distinct = [...new Set(seqs)].toSorted((a, b) => a - b);
      expect(
        ranges.all.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, at) => first + at)),
      ).toEqual(distinct);
      for (const { first, last, first_ms, last_ms } of ranges.all)
        expect([first_ms, last_ms]).toEqual([1000 * first, 1000 * last]);
      expect(ranges.duplicates).toBe(seqs.length - distinct.length);
    }),
  );
});

test('more holes than are told apart are counted all the same', () => {
  const ranges = new SeqRanges(10);
  for (let seq = 1; seq < 200; seq += 2) ranges.add(seq, seq);
  expect(ranges.all).toHaveLength(10);
  expect(received(ranges) - ranges.filled).toBe(100);
});
