import { FieldKey } from '../../scan/field-key.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import { badLine, countColumns, lineEnd, skipBlanks } from '../../scan/text.ts';
import { WordMemo } from '../../scan/word-memo.ts';
import { netFields } from './fields.ts';

const PATH = '/proc/net/dev';
const COLON = 0x3a;
const BAR = 0x7c;
/** The table's heading; below it a `|` is part of a name. */
const HEADING_LINES = 2;

/** Whether an interface is sampled. */
export type IsWanted = (name: string) => boolean;

/**
 * Scans /proc/net/dev into `net_<interface>_<stat>` fields. An alias's name holds a colon (`eth0:1`), so a line is
 * split at its last one; the counts may follow it without a blank.
 * @throws ParseError when a line below the two of the heading is not a name and counts
 */
export function netDevScanner(isWanted: IsWanted = () => true): Scan {
  const interfaces = new WordMemo((name) => (isWanted(name) ? keysOf(name) : undefined));
  return (text, end, sink) => {
    let place = 0;
    let line = 0;
    for (let start = 0, stop = 0; start < end; start = stop + 1, line += 1) {
      stop = lineEnd(text, start, end);
      const name = skipBlanks(text, start);
      if (name >= stop || (line < HEADING_LINES && isHeading(text, start, stop))) continue;
      const colon = lastColon(text, name, stop);
      const keys = colon > name ? interfaces.at(place++, text, name, colon) : null;
      if (keys === undefined) continue;
      if (keys === null || countColumns(sink, keys, text, colon + 1) <= colon + 1)
        throw badLine(PATH, { text, at: start, end, expected: '"<interface>: <16 counts>"' });
    }
  };
}

export const parseNetDev = parserOf(netDevScanner);

function keysOf(name: string): readonly FieldKey[] {
  return netFields.map(({ stat }) => new FieldKey(`net_${name.trimEnd()}_${stat}`));
}

function isHeading(text: Uint8Array, start: number, end: number): boolean {
  const at = text.indexOf(BAR, start);
  return at >= 0 && at < end;
}

function lastColon(text: Uint8Array, start: number, end: number): number {
  let at = end - 1;
  while (at > start && text[at] !== COLON) at -= 1;
  return text[at] === COLON ? at : start;
}
