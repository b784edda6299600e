import { FieldKey } from '../../scan/field-key.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import { badLine, countColumns, lineEnd, skipBlanks } from '../../scan/text.ts';
import { WordMemo } from '../../scan/word-memo.ts';
import { zoneDevice, zoneNameEnd } from '../../scan/zone-line.ts';
import { buddyFields } from './fields.ts';

/**
 * Scans /proc/buddyinfo into `buddy_<node>_<zone>_order<n>`, as many orders as the kernel has.
 * @throws ParseError when a line is not a zone and counts
 */
export function buddyinfoScanner(): Scan {
  const zones = new WordMemo(keysOf);
  return (text, end, sink) => {
    let place = 0;
    for (let start = 0; start < end; start = lineEnd(text, start, end) + 1) {
      if (skipBlanks(text, start) >= lineEnd(text, start, end)) continue;
      const after = zoneNameEnd(text, start);
      const keys = after < 0 ? undefined : zones.at(place++, text, start, after);
      if (keys === undefined || countColumns(sink, keys, text, after) <= after)
        throw badLine('/proc/buddyinfo', { text, at: start, end, expected: '"Node <number>, zone <name> <counts>"' });
    }
  };
}

export const parseBuddyinfo = parserOf(buddyinfoScanner);

function keysOf(words: string): readonly FieldKey[] | undefined {
  const device = zoneDevice(words);
  return device === undefined ? undefined : buddyFields.map(({ stat }) => new FieldKey(`buddy_${device}_${stat}`));
}
