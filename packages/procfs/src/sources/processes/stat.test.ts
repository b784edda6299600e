import { describe, expect, test } from 'vitest';
import { emptyStat, type ProcessStat, scanStat } from './stat.ts';

function scan(text: string): ProcessStat | undefined {
  const bytes = Buffer.from(`${text}\0`);
  const stat = emptyStat();
  return scanStat(bytes, bytes.length - 1, stat) ? stat : undefined;
}

/** Columns 3 to 52, as a kernel prints them. */
const COLUMNS =
  'S 1 1234 1234 0 -1 4194560 1093 9 0 0 8837 412 77 88 20 0 12 0 5150 3514368 777 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0';
const WANT = { state: 0x53, utime: 8837, stime: 412, threads: 12, start: 5150, pages: 777 };

describe('/proc/<pid>/stat is read', () => {
  test.each([
    ['a plain name', '(bash)'],
    ['a name with blanks', '(tmux: server)'],
    ['a name with parentheses', '((sd-pam))'],
    ['a name that looks like columns', '(a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22)'],
    ['a name with a line feed', '(a\nb)'],
    ['a name that is a parenthesis', '())'],
    ['an empty name', '()'],
    ['a name that is no UTF-8', '(\ufffd)'],
  ])('with %s', (_, name) => {
    expect(scan(`1234 ${name} ${COLUMNS}\n`)).toStrictEqual(WANT);
  });

  test('with further columns passed over, and without those that are not needed', () => {
    expect(scan(`1 (x) ${COLUMNS} 53 54\n`)).toStrictEqual(WANT);
    expect(scan('1 (x) S 1 1 1 0 -1 0 0 0 0 0 8837 412 0 0 20 0 12 0 5150 0 777\n')).toStrictEqual(WANT);
  });
});

test.each([
  '',
  '\n',
  '1',
  '1 (x',
  '1 (x)',
  '1 (x) S 1 1',
  '1 (x) S 1 1 1 0 -1 0 0 0 0 0 8837 412 0 0 20 0 12 0 5150 0\n',
  '1 (x) S 1 1 1 0 -1 0 0 0 0 0 8837 412 0 0 20 0 12 0 5150 0 777',
  '1 (x) S 1 1 1 0 -1 0 0 0 0 0 eight 412 0 0 20 0 12 0 5150 0 777\n',
])('/proc/<pid>/stat is not read from %j', (text) => {
  expect(scan(text)).toBeUndefined();
});
