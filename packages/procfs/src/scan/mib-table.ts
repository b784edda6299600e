import type { GroupSpec } from '../types.ts';
import { FieldKey } from './field-key.ts';
import type { FieldSink } from './field-sink.ts';
import type { Scan } from './scanner.ts';
import { badLine, isWordEnd, lineEnd, skipBlanks, wordEnd } from './text.ts';
import { WordMemo } from './word-memo.ts';

const COLON = 0x3a;
const EXPECTED = '"<protocol>: <name> …" and below it "<protocol>: <count> …", as many of them';

/** The field of each column behind the protocol; undefined where the catalogue does not have it. */
type Columns = readonly (FieldKey | undefined)[];

/**
 * Scans counters in pairs of lines, `Tcp: ActiveOpens …` and below it `Tcp: 898 …`. Columns differ from kernel to kernel,
 * so each is named by the very line above it; those that no group lists are passed over.
 * @param groups by the kernel's word for the protocol
 * @throws ParseError when a line of names has not as many values below it, or a value is no count
 */
export function mibTableScanner(path: string, groups: Readonly<Record<string, GroupSpec>>): Scan {
  const byProtocol = new Map(Object.entries(groups).map(([protocol, group]) => [protocol, keysOf(group)]));
  const headings = new WordMemo((line) => columnsOf(byProtocol, line));
  return (text, end, sink) => {
    let place = 0;
    for (let start = 0, stop = 0; start < end; start = stop + 1) {
      stop = lineEnd(text, start, end);
      if (skipBlanks(text, start) >= stop) continue;
      const columns = headings.at(place++, text, start, stop);
      const values = stop + 1;
      const from = values < end ? behindSameWord(text, start, values) : -1;
      if (from < 0 || !takeColumns(sink, columns, text, from))
        throw badLine(path, { text, at: values < end ? values : start, end, expected: EXPECTED });
      stop = lineEnd(text, values, end);
    }
  };
}

function keysOf({ group, fields }: GroupSpec): Map<string, FieldKey> {
  return new Map(fields.map(({ stat, kernel }) => [kernel, new FieldKey(`${group}_${stat}`)]));
}

function columnsOf(byProtocol: ReadonlyMap<string, ReadonlyMap<string, FieldKey>>, line: string): Columns {
  const [protocol = '', ...names] = line.trim().split(/[ \t]+/);
  const keys = byProtocol.get(protocol.slice(0, -1));
  return names.map((name) => keys?.get(name));
}

/** Where the first word of the second line ends, if it is that of the first line and ends in a colon; -1 otherwise. */
function behindSameWord(text: Uint8Array, first: number, second: number): number {
  let length = 0;
  while (!isWordEnd(text, first + length) && text[first + length] === text[second + length]) length += 1;
  return length > 1 && text[first + length - 1] === COLON && isWordEnd(text, second + length) ? second + length : -1;
}

function takeColumns(sink: FieldSink, columns: Columns, text: Uint8Array, from: number): boolean {
  let at = from;
  for (let column = 0; column < columns.length; column += 1) {
    const start = skipBlanks(text, at);
    const key = columns[column];
    at = key === undefined ? wordEnd(text, start) : sink.count(key, text, start);
    if (at === start || !isWordEnd(text, at)) return false;
  }
  const behind = skipBlanks(text, at);
  return wordEnd(text, behind) === behind;
}
