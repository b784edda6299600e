import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gaps, type SeqRange, toRanges, union } from './seq-range.ts';

function at(...seqs: readonly number[]) {
  return seqs.map((seq) => ({ seq, ms: 1000 * seq }));
}

function range(first: number, last: number): SeqRange {
  return { first, last, first_ms: 1000 * first, last_ms: 1000 * last };
}

describe('ranges of seqs', () => {
  it('are as few as can be, in order, whatever the order of the samples', () => {
    expect(toRanges([])).toEqual([]);
    expect(toRanges(at(7))).toEqual([range(7, 7)]);
    expect(toRanges(at(5, 1, 3, 2, 9, 1, 4, 10))).toEqual([range(1, 5), range(9, 10)]);
    expect(toRanges(at(0, Number.MAX_SAFE_INTEGER))).toEqual([range(0, 0), range(2 ** 53 - 1, 2 ** 53 - 1)]);
  });

  it('keep the outer times where a seq comes with two', () => {
    const samples = [...at(1, 2), { seq: 1, ms: 900 }, { seq: 2, ms: 2100 }, { seq: 2, ms: 1 }];
    const want = [{ first: 1, last: 2, first_ms: 900, last_ms: 2100 }];
    expect(toRanges(samples)).toEqual(want);
    expect(toRanges(samples.toReversed())).toEqual(want);
  });

  it('become one with what they overlap, hold or meet', () => {
    expect(union(range(1, 4), range(5, 9))).toEqual(range(1, 9));
    expect(union(range(3, 5), range(1, 9))).toEqual(range(1, 9));
    expect(union(range(4, 9), range(1, 5))).toEqual(range(1, 9));
  });

  it('hold every seq that was given and no other', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60)), (seqs) => {
        const ranges = toRanges(at(...seqs));
        const held = ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, n) => first + n));
        expect(held).toEqual([...new Set(seqs)].sort((a, b) => a - b));
        for (const [n, { first }] of ranges.entries()) expect(first - 1).not.toBe(ranges[n - 1]?.last);
      }),
    );
  });
});

describe('gaps', () => {
  const found = (...ranges: readonly SeqRange[]) => [...gaps(ranges)].map(({ from, to }) => [from, to]);

  it('lie between ranges, and before the first from 1 on', () => {
    expect(found()).toEqual([]);
    expect(found(range(1, 9))).toEqual([]);
    expect(found(range(2, 2))).toEqual([[1, 1]]);
    expect(found(range(4, 5), range(7, 7), range(20, 30))).toEqual([
      [1, 3],
      [6, 6],
      [8, 19],
    ]);
  });

  it('a run that counts from 0 lacks no beginning', () => {
    expect(found(range(0, 3), range(5, 5))).toEqual([[4, 4]]);
  });
});
