import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DURATION_EXAMPLES, formatDuration, parseDuration } from './duration.ts';

const good: readonly [string, number][] = [
  ['0', 0],
  ['0s', 0],
  ['250ms', 250],
  ['15s', 15_000],
  ['1h30m', 5_400_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
  ['1.5s', 1500],
  ['1h0m0.25s', 3_600_250],
  ['2us', 0.002],
  ['2µs', 0.002],
  ['2μs', 0.002],
  ['500000ns', 0.5],
  ['1m1ms', 60_001],
  ['infinity', Number.POSITIVE_INFINITY],
];

test.each(good)('%s is read as milliseconds', (text, ms) => {
  expect(parseDuration(text)).toBeCloseTo(ms, 9);
});

const bad = [
  '',
  ' ',
  '10',
  's',
  'banana',
  '1x',
  '5 s',
  ' 5s',
  '5s\n',
  '1h 30m',
  '-5s',
  '1e3s',
  '1..5s',
  '1,5s',
  '5S',
  '１s',
  'INFINITY',
  'infinity1s',
  'NaN',
  '1h30',
];

test.each(bad)('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test('every example that messages show is a duration', () => {
  const examples = DURATION_EXAMPLES.split(' ');
  expect(examples).toContain('infinity');
  for (const example of examples) expect(parseDuration(example)).toBeGreaterThan(0);
});

const formatted: readonly [number, string][] = [
  [0, '0s'],
  [250, '250ms'],
  [5_400_000, '1h30m'],
  [90_061_001, '25h1m1s1ms'],
  [Number.POSITIVE_INFINITY, 'infinity'],
];

test.each(formatted)('%d ms is written in the largest whole units', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('what is written for whole milliseconds is read back as the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms);
    }),
  );
});

test('parts add up in whatever order they come', () => {
  const part = fc.tuple(fc.nat({ max: 1000 }), fc.constantFrom(['ms', 1], ['s', 1000], ['m', 60_000], ['h', 3.6e6]));
  fc.assert(
    fc.property(fc.array(part as fc.Arbitrary<[number, [string, number]]>, { minLength: 1 }), (parts) => {
      const text = parts.map(([count, [unit]]) => `${count}${unit}`).join('');
      expect(parseDuration(text)).toBe(parts.reduce((sum, [count, [, size]]) => sum + count * size, 0));
    }),
  );
});
