import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WordMemo } from './word-memo.ts';

/** Looks all words of a text up, one place after the other. */
function lookUp(memo: WordMemo<string>, words: readonly string[]): string[] {
  const bytes = words.map((word) => Buffer.from(word));
  return bytes.map((word, place) =>
    memo.at(place, Buffer.concat([Buffer.from('>'), word, Buffer.from('<')]), 1, word.length + 1),
  );
}

test('gives for each word what was made of that very word, whatever stood at its place before', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string({ unit: 'grapheme', maxLength: 3 }))), (texts) => {
      const memo = new WordMemo((word) => `made of ${word}`);
      for (const words of texts) expect(lookUp(memo, words)).toStrictEqual(words.map((word) => `made of ${word}`));
    }),
  );
});

test('makes nothing anew while the words stay in their places', () => {
  const made: string[] = [];
  const memo = new WordMemo((word) => {
    made.push(word);
    return word;
  });
  lookUp(memo, ['cpu', 'cpu0', 'cpu1', 'intr']);
  lookUp(memo, ['cpu', 'cpu0', 'cpu1', 'intr']);
  expect(made).toStrictEqual(['cpu', 'cpu0', 'cpu1', 'intr']);
  lookUp(memo, ['cpu', 'cpu1', 'intr']); // CPU 0 went off line
  expect(made).toStrictEqual(['cpu', 'cpu0', 'cpu1', 'intr', 'cpu1', 'intr']);
});

test('forgets a word when it is cleared', () => {
  let count = 0;
  const memo = new WordMemo(() => count++);
  const text = Buffer.from('a');
  expect([memo.at(0, text, 0, 1), memo.at(0, text, 0, 1)]).toStrictEqual([0, 0]);
  memo.clear();
  expect(memo.at(0, text, 0, 1)).toBe(1);
});

test('keeps what a word was that the shared buffer no longer holds', () => {
  const memo = new WordMemo((word) => word);
  const shared = Buffer.from('eth0');
  expect(memo.at(0, shared, 0, 4)).toBe('eth0');
  shared.write('eth1');
  expect(memo.at(0, shared, 0, 4)).toBe('eth1');
});
