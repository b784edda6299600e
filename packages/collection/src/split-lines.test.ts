import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitLines, type TextLine } from './split-lines.ts';

async function* once(chunks: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

async function split(chunks: readonly (string | Uint8Array)[], longest?: number): Promise<TextLine[]> {
  return Array.fromAsync(splitLines(once(chunks), longest));
}

const line = (number: number, text: string) => ({ number, bytes: Buffer.byteLength(text), text, isLast: false });

describe('splitLines', () => {
  test('gives nothing for nothing', async () => {
    expect(await split([])).toEqual([]);
    expect(await split(['', ''])).toEqual([]);
  });

  test('numbers lines from 1 and counts the blank ones that it passes over', async () => {
    expect(await split(['a\n\n \t\r\nb\n'])).toEqual([line(1, 'a'), line(4, 'b')]);
  });

  test('says of a last line without a line feed that it is the last', async () => {
    expect(await split(['a\nb'])).toEqual([line(1, 'a'), { ...line(2, 'b'), isLast: true }]);
  });

  test('counts bytes, not characters', async () => {
    expect(await split(['größe 🚀\n'])).toEqual([{ number: 1, bytes: 12, text: 'größe 🚀', isLast: false }]);
  });

  test('puts a character together that two chunks hold', async () => {
    const bytes = Buffer.from('🚀\n');
    expect(await split([bytes.subarray(0, 2), bytes.subarray(2)])).toEqual([line(1, '🚀')]);
  });

  test('passes a line over that is longer than the limit, and goes on behind it', async () => {
    const lines = await split(['abcde\nabcdef\nxyz\n'], 5);
    expect(lines).toEqual([line(1, 'abcde'), { number: 2, bytes: 6, text: undefined, isLast: false }, line(3, 'xyz')]);
  });

  test('passes a last line over that is longer than the limit', async () => {
    expect(await split(['abc\n', 'abcd', 'efgh'], 5)).toEqual([
      line(1, 'abc'),
      { number: 2, bytes: 8, text: undefined, isLast: true },
    ]);
  });

  test('gives the same lines however the bytes are cut, also those over the limit', async () => {
    const texts = fc.array(fc.constantFrom('', ' ', 'a', 'größe', '🚀🚀', 'a longer line of text', '\r'));
    await fc.assert(
      fc.asyncProperty(texts, fc.array(fc.nat(80)), fc.constantFrom(3, 8, 1000), async (lines, cuts, longest) => {
        const bytes = Buffer.from(lines.join('\n'));
        const inOne = await split([bytes], longest);
        expect(await split(cutAt(bytes, cuts), longest)).toEqual(inOne);
        expect(inOne.filter(({ bytes, text }) => (text === undefined) !== bytes > longest)).toEqual([]);
      }),
    );
  });
});

function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const points = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
  return points.slice(1).map((end, at) => bytes.subarray(points[at], end));
}
