import { expect, test } from 'vitest';
import { counted, formatBytes, formatTable, formatTime } from './table.ts';

test('columns of numbers stand to the right, words to the left, and no line ends in blanks', () => {
  const table = formatTable([
    ['MACHINE', 'SAMPLES', 'NOTE'],
    ['a', 5, 'short'],
    ['longer-name', 12345, ''],
  ]);
  expect(table).toBe('MACHINE      SAMPLES  NOTE\na                  5  short\nlonger-name    12345\n');
});

test('a column with one word in it is a column of words', () => {
  expect(formatTable([['N'], [10000], ['none']])).toBe('N\n10000\nnone\n');
  expect(
    formatTable([
      ['NUMBER', 'X'],
      [1, 'a'],
      ['none', 'b'],
    ]),
  ).toBe('NUMBER  X\n1       a\nnone    b\n');
});

test('a heading without rows is a table too', () => {
  expect(formatTable([['ID', 'NAME']])).toBe('ID  NAME\n');
});

const sizes: readonly [number, string][] = [
  [0, '0 B'],
  [1, '1 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [1536, '1.5 KiB'],
  [1024 ** 2, '1.0 MiB'],
  [1.4 * 1024 ** 3, '1.4 GiB'],
  [2 * 1024 ** 4, '2.0 TiB'],
  [5 * 1024 ** 5, '5.0 PiB'],
  [1024 ** 6, '1024.0 PiB'],
];

test.each(sizes)('%d bytes are written as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('times are shown in UTC, and a time that never was as never', () => {
  expect(formatTime(1_767_982_248.9)).toBe('2026-01-09 18:10:48');
  expect(formatTime(0)).toBe('1970-01-01 00:00:00');
  expect(formatTime(null)).toBe('never');
  expect(formatTime(undefined)).toBe('never');
});

test.each([
  [0, '0 samples'],
  [1, '1 sample'],
  [2, '2 samples'],
])('%i is counted as %s', (number, words) => expect(counted(number, 'sample')).toBe(words));
