import { columnsOf, parseCount } from '../../count.ts';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';
import { netFields } from './fields.ts';

/** The table's heading; below it a `|` is part of a name. */
const HEADING_LINES = 2;

/**
 * Reads /proc/net/dev into `net_<interface>_<stat>` fields. An alias's name holds a colon (`eth0:1`), so a line is
 * split at its last one; the counts may follow it without a blank.
 * @throws ParseError when a line below the two of the heading is not a name and counts
 */
export function parseNetDev(text: string): Fields {
  const fields: Fields = {};
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || (index < HEADING_LINES && line.includes('|'))) continue;
    const colon = line.lastIndexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trim();
    const counts = columnsOf(line.slice(colon + 1));
    const bad = () =>
      new ParseError('/proc/net/dev', { line: index + 1, text: line, expected: '"<interface>: <16 counts>"' });
    if (name === '' || counts.length === 0) throw bad();
    for (const [at, { stat }] of netFields.entries()) {
      const column = counts[at];
      if (column === undefined) break;
      const value = parseCount(column);
      if (value === undefined) throw bad();
      fields[`net_${name}_${stat}`] = value;
    }
  }
  return fields;
}
