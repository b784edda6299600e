import { expect, test } from 'vitest';
import { size } from './option.ts';
import { parseSize } from './size.ts';

const sizes: readonly [string, number | undefined][] = [
  ['0', 0],
  ['1048576', 1048576],
  ['17B', 17],
  ['64KiB', 65_536],
  ['512MiB', 536_870_912],
  ['1.5GiB', 1_610_612_736],
  ['2TiB', 2_199_023_255_552],
  ['', undefined],
  ['MiB', undefined],
  ['-1', undefined],
  ['1e3', undefined],
  ['512MB', undefined],
  ['512 MiB', undefined],
  ['512mib', undefined],
  ['1.5', undefined],
  ['99999999TiB', undefined],
  ['Infinity', undefined],
];

test.each(sizes)('%j is %s bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test('an option of a size says what one looks like, and what is the least', () => {
  const room = size({ flag: '--room <size>', about: 'Room.', fallback: '1MiB', least: '64KiB' });
  expect(room.parse('64KiB')).toBe(65_536);
  expect(() => room.parse('63KiB')).toThrow('63KiB is too little; expected 64KiB or more');
  expect(() => room.parse('lots')).toThrow('"lots" is no size; expected one such as 64KiB 512MiB 1GiB 1048576');
});
