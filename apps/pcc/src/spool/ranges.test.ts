import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ranges } from './ranges.ts';

const change = fc.record({ isAdded: fc.boolean(), start: fc.nat(40), length: fc.nat(12) });

test('whatever is added and removed, it holds what a set of single places holds', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), fc.nat(50), fc.nat(50), (changes, start, end) => {
      const [ranges, places] = [new Ranges(), new Set<number>()];
      for (const { isAdded, start: from, length } of changes) {
        ranges[isAdded ? 'add' : 'remove'](from, from + length);
        for (let at = from; at < from + length; at += 1) places[isAdded ? 'add' : 'delete'](at);
      }
      const held = ranges.list.flatMap(([from, to]) => Array.from({ length: to - from }, (_, at) => from + at));
      expect(held).toEqual([...places].sort((a, b) => a - b));
      expect(ranges.size).toBe(places.size);
      const between = Array.from({ length: Math.max(0, end - start) }, (_, at) => start + at);
      expect(ranges.touches(start, end)).toBe(between.some((at) => places.has(at)));
      const gap = ranges.firstGap(start, end);
      const first = between.find((at) => !places.has(at));
      expect(gap?.[0]).toBe(first);
      const gapEnd = between.find((at) => first !== undefined && at > first && places.has(at)) ?? end;
      if (gap) expect(gap[1]).toBe(gapEnd);
    }),
    { numRuns: 1000 },
  );
});

test('ranges that touch become one', () => {
  const ranges = new Ranges([
    [10, 20],
    [0, 5],
    [20, 30],
  ]);
  expect(ranges.list).toEqual([
    [0, 5],
    [10, 30],
  ]);
});
