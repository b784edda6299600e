import { describe, expect, test } from 'vitest';
import { clean, cut, fit, widthOf } from './text.ts';

describe('text of other people', () => {
  test.each([
    ['plain ~', 'plain ~'],
    ['\u001b[2J\u001b]0;title\u0007', '?[2J?]0;title?'],
    ['a\tb\nc\rd\u007f', 'a?b?c?d?'],
    ['\u009b31m', '?31m'],
    ['\u202egnp.exe', '?gnp.exe'],
    ['a\u2028b', 'a?b'],
    ['\ud800x', '?x'],
    ['größe 名前 🚀', 'größe 名前 🚀'],
  ])('%j is shown as %j', (text, shown) => expect(clean(text)).toBe(shown));

  test.each([
    ['abc', 3],
    ['größe', 5],
    ['gro\u0308ße', 5],
    ['名前', 4],
    ['한글', 4],
    ['🚀', 2],
    ['', 0],
  ])('%j is %i columns wide', (text, width) => expect(widthOf(text)).toBe(width));

  test.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 4, 'abc~'],
    ['名前名前', 5, '名前~'],
    ['名前名前', 4, '名~'],
    ['abc', 0, ''],
    ['abc', Number.POSITIVE_INFINITY, 'abc'],
  ])('%j in %d columns is %j', (text, columns, shown) => expect(cut(text, columns)).toBe(shown));

  test.each(['abcdefgh', '名前名前', 'a', '\u001b\u001b\u001b\u001b\u001b\u001b', 'a名b前c'])(
    '%j fills five columns',
    (text) => {
      for (const side of ['left', 'right'] as const) expect(widthOf(fit(text, 5, side))).toBe(5);
    },
  );
});
