import { describe, expect, test } from 'vitest';
import { millions, percent, perSecond, size, uptime } from './numbers.ts';

describe('numbers of the screen', () => {
  test('what does not exist is a dash', () => {
    for (const write of [percent, perSecond, millions, size, uptime]) expect(write(undefined)).toBe('-');
  });

  test.each([
    [0, '0B'],
    [999, '999B'],
    [1000, '1.0K'],
    [1536, '1.5K'],
    [150 * 1024, '150K'],
    [1023 * 1024, '1.0M'],
    [7.25 * 1024 ** 4, '7.3T'],
  ])('%d bytes are %s', (bytes, text) => expect(size(bytes)).toBe(text));

  test.each([
    [0, '0'],
    [0.04, '0.0'],
    [3.25, '3.3'],
    [9.97, '10'],
    [123456, '123456'],
  ])('%d a second are %s', (value, text) => expect(perSecond(value)).toBe(text));

  test.each([
    [59, '0m59s'],
    [3661, '1h01m'],
    [1_036_800 + 3 * 3600, '12d03h'],
  ])('up for %d seconds is %s', (seconds, text) => expect(uptime(seconds)).toBe(text));
});
