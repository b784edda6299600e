import type { FieldValue } from '@perfcollector/procfs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CounterPair, counterDelta, deviceDeltas, kernelDelta } from './counter.ts';
import { na } from './na.ts';

/** As parsers and collections hold a kernel counter: digits where a number would round. */
const encode = (value: bigint): FieldValue =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString();

const pair = (before: FieldValue | undefined, now: FieldValue | undefined, wraps32 = false): CounterPair => ({
  before,
  now,
  wraps32,
});
const pair32 = (before: FieldValue | undefined, now: FieldValue | undefined) => pair(before, now, true);

describe('counterDelta', () => {
  test.each([
    { before: 5, now: 12, delta: 7 },
    { before: 5, now: 5, delta: 0 },
    { before: 12, now: 5, delta: -7 },
    { before: 0, now: 9007199254740991, delta: 9007199254740991 },
    { before: 9007199254740991, now: '9007199254740993', delta: 2 },
    { before: '9007199254740993', now: '9007199254740994', delta: 1 },
    { before: '18446744073709551614', now: '18446744073709551615', delta: 1 },
    { before: '18446744073709551615', now: 3, delta: -18446744073709552000 },
    { before: 1.5, now: 2.25, delta: 0.75 },
  ])('from $before to $now is $delta', ({ before, now, delta }) => {
    expect(counterDelta(before, now)).toBe(delta);
  });

  test('is exact over the whole of 64 bits', () => {
    const step = fc.maxSafeNat();
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 2n ** 53n }), step, (before, distance) => {
        const now = before + BigInt(distance);
        expect(counterDelta(encode(before), encode(now))).toBe(distance);
        expect(counterDelta(encode(now), encode(before))).toBe(0 - distance);
      }),
    );
  });

  test('says why there is none', () => {
    expect(counterDelta(5, undefined)).toEqual(na('absent'));
    expect(counterDelta(undefined, undefined)).toEqual(na('absent'));
    expect(counterDelta(undefined, 5)).toEqual(na('new_device'));
    for (const text of ['', 'abc', '-5', '1.5', '0x10', ' 5', '5 ']) {
      expect(counterDelta(5, text)).toEqual(na('unreadable'));
      expect(counterDelta(text, 5)).toEqual(na('unreadable'));
    }
    expect(counterDelta(1.5, '9007199254740993')).toEqual(na('unreadable'));
  });
});

describe('deviceDeltas', () => {
  test('gives the deltas of a device that only counted', () => {
    expect(deviceDeltas([pair(1, 4), pair32(7, 7), pair('9007199254740993', '9007199254740999')])).toEqual([3, 0, 6]);
    expect(deviceDeltas([])).toEqual([]);
  });

  test('unwraps a 32-bit counter that alone fell', () => {
    expect(deviceDeltas([pair(100, 110), pair32(2 ** 32 - 100, 50), pair(5, 5)])).toEqual([10, 150, 0]);
    expect(deviceDeltas([pair32(2 ** 32 - 1, 0)])).toEqual([1]);
  });

  test('unwraps any distance below half the range exactly', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), fc.integer({ min: 0, max: 2 ** 31 - 1 }), (before, distance) => {
        const now = (before + distance) % 2 ** 32;
        expect(deviceDeltas([pair(1, 2), pair32(before, now)])).toEqual([1, distance]);
      }),
    );
  });

  test('does not take a fall for a wrap where the distance would be half the range or more', () => {
    expect(deviceDeltas([pair(1, 2), pair32(5000, 4000)])).toEqual([1, na('wrap')]);
    expect(deviceDeltas([pair(1, 2), pair32(2 ** 31, 0)])).toEqual([1, na('wrap')]);
    expect(deviceDeltas([pair(1, 2), pair32(2 ** 31 + 1, 0)])).toEqual([1, 2 ** 31 - 1]);
  });

  test('does not unwrap a counter that is past 32 bits, or not of 32 bits', () => {
    expect(deviceDeltas([pair(1, 2), pair32(2 ** 32 + 5, 3)])).toEqual([1, na('wrap')]);
    expect(deviceDeltas([pair(1, 2), pair32('9007199254740993', 3)])).toEqual([1, na('wrap')]);
    expect(deviceDeltas([pair(1, 2), pair(2 ** 32 - 1, 3)])).toEqual([1, na('wrap')]);
    expect(deviceDeltas([pair(1, 2), pair32(2 ** 32 - 1, -3)])).toEqual([1, na('wrap')]);
  });

  test('leaves the other counters alone where one wrapped', () => {
    expect(deviceDeltas([pair(100, 90), pair(7, 9), pair(undefined, 3), pair(3, undefined)])).toEqual([
      na('wrap'),
      2,
      na('new_device'),
      na('absent'),
    ]);
  });

  test('gives none of a device that was made anew: several of its counters fell', () => {
    expect(deviceDeltas([pair(100, 3), pair(7, 1), pair(0, 5), pair(4, 4)])).toEqual(Array(4).fill(na('reset')));
    expect(deviceDeltas([pair32(2 ** 32 - 1, 3), pair32(2 ** 32 - 1, 1), pair(0, 5)])).toEqual(
      Array(3).fill(na('reset')),
    );
  });

  test('says of the fields that a new device does not have that they are absent', () => {
    expect(deviceDeltas([pair(100, 3), pair(7, 1), pair(5, undefined), pair(undefined, 5), pair(5, 'x')])).toEqual([
      na('reset'),
      na('reset'),
      na('absent'),
      na('new_device'),
      na('unreadable'),
    ]);
  });

  test('never gives a negative distance', () => {
    const counter = fc.option(fc.oneof(fc.nat(), fc.nat(2 ** 32), fc.constant('9007199254740993')), { nil: undefined });
    const counters = fc.array(fc.record({ before: counter, now: counter, wraps32: fc.boolean() }));
    fc.assert(
      fc.property(counters, (pairs) => {
        const deltas = deviceDeltas(pairs);
        expect(deltas).toHaveLength(pairs.length);
        expect(deltas.filter((delta) => typeof delta === 'number' && !(delta >= 0))).toEqual([]);
      }),
    );
  });
});

describe('kernelDelta', () => {
  test('gives what the counter moved', () => {
    expect(kernelDelta(pair(5, 12))).toBe(7);
    expect(kernelDelta(pair('9007199254740993', '9007199254741000'))).toBe(7);
  });

  test('has no base for a counter that fell', () => {
    expect(kernelDelta(pair(12, 5))).toEqual(na('reset'));
    expect(kernelDelta(pair('9007199254740993', 5))).toEqual(na('reset'));
  });

  test('unwraps a counter of 32 bits that fell, where the distance fits', () => {
    expect(kernelDelta(pair(2 ** 32 - 5, 7, true))).toBe(12);
    expect(kernelDelta(pair(2 ** 31, 7, true))).toEqual(na('reset'));
    expect(kernelDelta(pair(2 ** 32 + 5, 7, true))).toEqual(na('reset'));
    expect(kernelDelta(pair(2 ** 32 - 5, 7, false))).toEqual(na('reset'));
  });

  test('says why there is none', () => {
    expect(kernelDelta(pair(12, undefined))).toEqual(na('absent'));
    expect(kernelDelta(pair(undefined, 12))).toEqual(na('new_device'));
    expect(kernelDelta(pair(12, 'x'))).toEqual(na('unreadable'));
  });
});
