import { describe, expect, test } from 'vitest';
import { size } from './option.ts';
import { parseSize } from './size.ts';

describe('parseSize', () => {
  test.each([
    ['0', 0],
    ['1048576', 1_048_576],
    ['100B', 100],
    ['64KiB', 65_536],
    ['512MiB', 536_870_912],
    ['1GiB', 1_073_741_824],
    ['2TiB', 2_199_023_255_552],
    ['1.5KiB', 1536],
    ['0.3KiB', 307],
  ])('%s is %i bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  test.each(['', ' ', '64 KiB', '64MB', '64K', '64kib', '-1', '1e3', 'MiB', '1.', '.5MiB', '24h', '99999999TiB'])(
    '%j is no size',
    (text) => expect(parseSize(text)).toBeUndefined(),
  );
});

describe('a size as an option', () => {
  const option = size({ flag: '--most <size>', about: 'How much.', least: '4KiB' });

  test('is a number of bytes', () => expect(option.parse('64KiB')).toBe(65_536));

  test('that is none, or too small, is refused in a sentence', () => {
    expect(() => option.parse('64MB')).toThrow('"64MB" is no size; expected one such as 64KiB 512MiB 1GiB');
    expect(() => option.parse('4095')).toThrow('4095 is too small; expected 4KiB or more');
  });
});
