import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isNa, type Na, na } from './na.ts';
import { timeShares } from './shares.ts';

interface Pair {
  readonly before: number | undefined;
  readonly now: number | undefined;
}

/** Counters that stood at a thousand and moved so far. */
const moved = (...deltas: readonly number[]): Pair[] => deltas.map((delta) => ({ before: 1000, now: 1000 + delta }));
const partsOf = (parts: readonly Pair[]): (number | Na)[] => timeShares({ parts, within: [] }).parts;
const sum = (shares: readonly (number | Na)[]): number =>
  shares.reduce<number>((total, share) => total + (isNa(share) ? 0 : share), 0);

// user, system, idle, iowait, nice, irq, softirq, steal
const eight = fc.array(fc.record({ before: fc.maxSafeNat(), step: fc.nat(1_000_000) }), { minLength: 8, maxLength: 8 });
const pairsOf = (counters: readonly { before: number; step: number }[]): Pair[] =>
  counters.map(({ before, step }) => ({ before: Math.max(0, before - step), now: Math.max(0, before - step) + step }));

describe('timeShares', () => {
  test('are percentages of the time that all parts took', () => {
    expect(partsOf(moved(16, 8, 64, 4, 2, 16, 8, 10))).toEqual([12.5, 6.25, 50, 3.125, 1.5625, 12.5, 6.25, 7.8125]);
    expect(partsOf(moved(1, 0, 3, 0, 0, 0, 0, 0))).toEqual([25, 0, 75, 0, 0, 0, 0, 0]);
  });

  test('of the eight parts sum to 100, and none is below 0 or above 100', () => {
    fc.assert(
      fc.property(eight, (counters) => {
        fc.pre(counters.some(({ step }) => step > 0));
        const shares = partsOf(pairsOf(counters));
        expect(sum(shares)).toBeCloseTo(100, 9);
        expect(shares.filter((share) => isNa(share) || share < 0 || share > 100)).toEqual([]);
      }),
    );
  });

  test('still sum to 100 where iowait goes backwards', () => {
    fc.assert(
      fc.property(eight, fc.nat(1000), (counters, iowait) => {
        fc.pre(counters[0]?.step !== 0);
        const pairs = pairsOf(counters).with(3, fell(iowait));
        const shares = partsOf(pairs);
        expect(shares[3]).toEqual(0);
        expect(sum(shares)).toBeCloseTo(100, 9);
      }),
    );
  });

  test('are none where more than one part went backwards: the CPU was made anew', () => {
    const reset = { na: 'reset' };
    expect(partsOf(moved(-480, 3, -9100, 0, 0, 0, 0, 0))).toEqual(Array.from({ length: 8 }, () => reset));
  });

  test('are none where there are no parts to divide', () => {
    expect(timeShares({ parts: [], within: moved(5, 0) }).within).toEqual([na('incomplete'), na('incomplete')]);
  });

  test('count an iowait that went backwards as 0, and take nothing from the others', () => {
    expect(partsOf(moved(50, 0, 50, -20, 0, 0, 0, 0))).toEqual([50, 0, 50, 0, 0, 0, 0, 0]);
  });

  test('give guest time as a part of user, never added again', () => {
    const parts = moved(50, 0, 50, 0, 0, 0, 0, 0);
    expect(timeShares({ parts, within: moved(40, 0) })).toEqual({ parts: [50, 0, 50, 0, 0, 0, 0, 0], within: [40, 0] });
  });

  test('do not depend on guest time at all', () => {
    fc.assert(
      fc.property(eight, fc.array(fc.nat(1000)), (counters, guests) => {
        const parts = pairsOf(counters);
        expect(timeShares({ parts, within: moved(...guests) }).parts).toEqual(partsOf(parts));
      }),
    );
  });

  test('count guest time that went backwards as 0', () => {
    expect(timeShares({ parts: moved(10, 0, 0, 0), within: moved(-3) }).within).toEqual([0]);
  });

  test('leave steal out where an old kernel does not have it, and the others sum to 100', () => {
    const shares = partsOf([...moved(10, 10, 20, 0, 0, 0, 0), { before: undefined, now: undefined }]);
    expect(shares).toEqual([25, 25, 50, 0, 0, 0, 0, na('absent')]);
  });

  test('are too short to tell where no counter ticked', () => {
    const { parts, within } = timeShares({ parts: moved(0, 0, 0, 0, 0, 0, 0, 0), within: moved(0, 0) });
    expect([...parts, ...within]).toEqual(Array(10).fill(na('too_short')));
  });

  test('are too short to tell where one counter went backwards and none ticked', () => {
    expect(partsOf(moved(0, 0, 0, -1))).toEqual(Array(4).fill(na('too_short')));
  });

  test('are none for a CPU that came back on line in between', () => {
    const back = moved(5, 5, 90, 0).map(({ now }) => ({ before: undefined, now }));
    expect(timeShares({ parts: back, within: back.slice(0, 1) })).toEqual({
      parts: Array(4).fill(na('new_device')),
      within: [na('new_device')],
    });
  });

  test('are none for a CPU that is off line', () => {
    const gone = moved(5, 5, 90, 0).map(({ before }) => ({ before, now: undefined }));
    expect(partsOf(gone)).toEqual(Array(4).fill(na('absent')));
  });

  test('are none where more counters fell than idle time can: the CPU was made anew', () => {
    expect(partsOf(moved(-5, -5, -90, 0, 10))).toEqual(Array(5).fill(na('reset')));
    expect(timeShares({ parts: moved(-5, -5, -90, 0, 10), within: moved(7) }).within).toEqual([na('reset')]);
  });

  test('are exact above 2^53', () => {
    const parts = [
      { before: '9007199254740993', now: '9007199254740996' },
      { before: 9007199254740991, now: '9007199254740992' },
      ...moved(0, 0),
    ];
    expect(timeShares({ parts, within: [] }).parts).toEqual([75, 25, 0, 0]);
  });

  test('of nothing are nothing', () => {
    expect(timeShares({ parts: [], within: [] })).toEqual({ parts: [], within: [] });
  });
});

function fell(distance: number): Pair {
  return { before: 5000 + distance, now: 5000 };
}
