import type { GroupSpec } from '../types.ts';
import { FieldKey } from './field-key.ts';
import type { FieldSink } from './field-sink.ts';
import type { Scan } from './scanner.ts';
import { badLine, isWordEnd, lineEnd, skipBlanks, wordEnd } from './text.ts';
import { WordMemo } from './word-memo.ts';

const EXPECTED = '"<protocol>: <name> <count> <name> <count> …"';
const COLON = 0x3a;

/** The field of each name of a line; undefined where the catalogue does not have it. */
type Line = WordMemo<FieldKey | undefined>;

/**
 * Scans lines of names and values, `TCP: inuse 1 orphan 0`. What the group does not list under `TCP: inuse` is passed over.
 * @throws ParseError when a line is anything else
 */
export function namedValuesScanner(path: string, { group, fields }: Pick<GroupSpec, 'group' | 'fields'>): Scan {
  const keys = new Map(fields.map(({ stat, kernel }) => [kernel, new FieldKey(`${group}_${stat}`)]));
  const lines = new WordMemo((word): Line => new WordMemo((name) => keys.get(`${word} ${name}`)));
  return (text, end, sink) => {
    let place = 0;
    for (let start = 0; start < end; start = lineEnd(text, start, end) + 1) {
      const word = skipBlanks(text, start);
      const after = wordEnd(text, word);
      if (after === word) continue;
      const line = lines.at(place++, text, word, after);
      if (text[after - 1] !== COLON || !takePairs(sink, line, text, after))
        throw badLine(path, { text, at: start, end, expected: EXPECTED });
    }
  };
}

function takePairs(sink: FieldSink, line: Line, text: Uint8Array, from: number): boolean {
  let place = 0;
  let at = skipBlanks(text, from);
  while (!isWordEnd(text, at)) {
    const after = wordEnd(text, at);
    const key = line.at(place++, text, at, after);
    const value = skipBlanks(text, after);
    const stop = key === undefined ? wordEnd(text, value) : sink.count(key, text, value);
    if (stop === value || !isWordEnd(text, stop)) return false;
    at = skipBlanks(text, stop);
  }
  return place > 0;
}
