import { FieldKey } from '../../scan/field-key.ts';
import { HEX_DIGITS, hexCount } from '../../scan/hex.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import { badLine, badText, lineEnd, skipBlanks, wordEnd } from '../../scan/text.ts';
import { WordMemo } from '../../scan/word-memo.ts';
import { eventFields } from './fields.ts';

const PATH = '/proc/net/stat/nf_conntrack';
/** How many connections are tracked; every line says the same. */
const ENTRIES = 'entries';

interface Columns {
  readonly keys: readonly (FieldKey | undefined)[];
  /** Which column is no event but the number of connections; -1 where it is not taken. */
  readonly entries: number;
  readonly sums: Uint32Array;
}

/**
 * Scans /proc/net/stat/nf_conntrack, a line of names and a line of hexadecimal counts for each CPU, into
 * `conntrack_<event>`, the sum over the CPUs. Each CPU counts in 32 bits, and so do the sums: they wrap as those do.
 * @param takesCount `conntrack_count` too, for a host whose own file of it cannot be read
 * @throws ParseError when the names are missing, or a line has not as many counts
 */
export function conntrackScanner(takesCount = false): Scan {
  const headings = new WordMemo((line) => columnsOf(line, takesCount));
  return (text, end, sink) => {
    const heading = lineEnd(text, 0, end);
    const columns = headings.at(0, text, 0, heading);
    if (columns === undefined) throw badText(PATH, { text, end: heading, expected: '"entries …", names of columns' });
    const { keys, sums } = columns;
    sums.fill(0);
    let lines = 0;
    for (let start = heading + 1; start < end; start = lineEnd(text, start, end) + 1) {
      if (skipBlanks(text, start) >= lineEnd(text, start, end)) continue;
      if (!addLine(columns, text, start))
        throw badLine(PATH, { text, at: start, end, expected: `${keys.length} hexadecimal counts of 8 digits` });
      lines += 1;
    }
    for (let at = 0; at < keys.length && lines > 0; at += 1) {
      const key = keys[at];
      if (key !== undefined) sink.number(key, sums[at] as number);
    }
  };
}

export const parseConntrack = parserOf(conntrackScanner);

function addLine({ keys, entries, sums }: Columns, text: Uint8Array, from: number): boolean {
  let at = from;
  for (let column = 0; column < keys.length; column += 1) {
    const start = skipBlanks(text, at);
    const value = hexCount(text, start);
    if (value < 0) return false;
    at = start + HEX_DIGITS;
    if (column === entries) sums[column] = value;
    else (sums[column] as number) += value;
  }
  const behind = skipBlanks(text, at);
  return wordEnd(text, behind) === behind;
}

const stats = new Map(eventFields.map(({ stat, kernel }) => [kernel, stat]));

function columnsOf(line: string, takesCount: boolean): Columns | undefined {
  const names = line.trim().split(/[ \t]+/);
  if (names[0] !== ENTRIES) return undefined;
  const nameOf = (name: string) => (takesCount && name === ENTRIES ? 'count' : stats.get(name));
  const keys = names.map((name) => {
    const stat = nameOf(name);
    return stat === undefined ? undefined : new FieldKey(`conntrack_${stat}`);
  });
  return { keys, entries: takesCount ? 0 : -1, sums: new Uint32Array(names.length) };
}
