import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import { parseFileNr } from './parse.ts';

describe('/proc/sys/fs/file-nr is read', () => {
  test.each([
    ['as the kernel prints it', '782\t0\t2465620\n', 2465620],
    ['without a line feed at its end', '782\t0\t2465620', 2465620],
    ['with a further column passed over', '782\t0\t2465620\t9\n', 2465620],
    ['with the limit that is none', '782\t0\t9223372036854775807\n', '9223372036854775807'],
  ])('%s', (_, text, max) => {
    expect(parseFileNr(text)).toStrictEqual({ files_allocated: 782, files_max: max });
  });
});

test.each(['', '\n', '782', '782\t0', '782\t0\t', 'x\t0\t1', '-1\t0\t1', '782\t0\tx', '782\t0\t-1'])(
  '/proc/sys/fs/file-nr is refused when it is %j',
  (text) => {
    expect(() => parseFileNr(text)).toThrow(ParseError);
    expect(() => parseFileNr(text)).toThrow(/file-nr, line 1: .*; expected "<allocated> <free> <max>"/);
  },
);
