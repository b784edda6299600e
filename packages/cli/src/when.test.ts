import { expect, test } from 'vitest';
import { when } from './when.ts';

const { parse } = when({ flag: '--from <time>', about: 'When.' });

test.each([
  ['0', 0],
  ['1767982248', 1_767_982_248],
  ['1767982248.25', 1_767_982_248.25],
  ['2026-01-09T18:10:48Z', 1_767_982_248],
  ['2026-01-09T18:10:48.250Z', 1_767_982_248.25],
  ['2026-01-09T20:10:48+02:00', 1_767_982_248],
  ['2026-01-09', 1_767_916_800],
  ['2026-01-09T18:10:48', 1_767_982_248],
])('%s is a moment', (text, seconds) => {
  expect(parse(text)).toBe(seconds);
});

test.each([
  ['-24h', 86_400],
  ['-1h30m', 5400],
  ['-250ms', 0.25],
  ['-0', 0],
])('%s is so long ago', (text, ago) => {
  const before = Date.now() / 1000 - ago;
  const parsed = parse(text);
  expect(parsed).toBeGreaterThanOrEqual(before);
  expect(parsed).toBeLessThanOrEqual(Date.now() / 1000 - ago);
});

test.each(['', 'yesterday', '24h', '-', '--24h', '-24', '-infinity', '2026-13-40', '12:00', 'NaN', '1e9', '0x10', '١'])(
  '%j is no time, and the message shows the three forms',
  (text) => {
    expect(() => parse(text)).toThrow(
      `${JSON.stringify(text)} is no time; expected Unix seconds, a date (2026-01-09T18:10:48Z), or how long ago (-24h)`,
    );
  },
);
