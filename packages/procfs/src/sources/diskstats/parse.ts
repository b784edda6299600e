import type { NameDevice } from '../../block-device-names.ts';
import { FieldKey } from '../../scan/field-key.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import { badLine, countColumns, endsWithinLine, lineEnd, skipBlanks, wordEnd } from '../../scan/text.ts';
import { WordMemo } from '../../scan/word-memo.ts';
import { diskFields, oldPartitionStats } from './fields.ts';

const PATH = '/proc/diskstats';
const EXPECTED = '"<major> <minor> <device> <4, 11, 15 or 17 counts>"';

interface DeviceKeys {
  readonly keys: readonly FieldKey[];
  /** Partitions of kernels before 2.6.25. */
  readonly oldKeys: readonly FieldKey[];
}

/**
 * Scans /proc/diskstats into `disk_<device>_<stat>` fields. 14, 18 and 20 columns are the kernels 2.6.25, 4.18 and 5.5;
 * columns that a kernel does not print are left out, columns past the known ones passed over.
 * @throws ParseError when a line is not two device numbers, a name and counts
 */
export function diskstatsScanner(nameDevice: NameDevice = ({ name }) => name): Scan {
  const devices = new WordMemo((words) => keysOf(words, nameDevice));
  return (text, end, sink) => {
    let place = 0;
    for (let start = 0; start < end; start = lineEnd(text, start, end) + 1) {
      const major = skipBlanks(text, start);
      const minor = skipBlanks(text, wordEnd(text, major));
      const name = skipBlanks(text, wordEnd(text, minor));
      const after = wordEnd(text, name);
      if (wordEnd(text, major) === major) continue;
      const device = after > name ? devices.at(place++, text, major, after) : null;
      if (device === null) throw badLine(PATH, { text, at: start, end, expected: EXPECTED });
      if (device === undefined) continue;
      const isOld = hasFourColumns(text, after);
      // Four columns of a line that was cut off are not those of an old partition.
      if (isOld && endsWithinLine(text, end) && lineEnd(text, after, end) === end) continue;
      const keys = isOld ? device.oldKeys : device.keys;
      if (countColumns(sink, keys, text, after) <= after)
        throw badLine(PATH, { text, at: start, end, expected: EXPECTED });
    }
    devices.keepFirst(place);
  };
}

export const parseDiskstats = parserOf(diskstatsScanner);

/** Null for words that are no device. @param words `   8       0 sda`, without the blanks before it */
function keysOf(words: string, nameDevice: NameDevice): DeviceKeys | undefined | null {
  const [, major, minor, kernelName] = /^(\d+)[ \t]+(\d+)[ \t]+([^ \t]+)$/.exec(words) ?? [];
  if (kernelName === undefined) return null;
  const name = nameDevice({ number: `${major}:${minor}`, name: kernelName });
  if (name === undefined) return undefined;
  const key = (stat: string) => new FieldKey(`disk_${name}_${stat}`);
  return { keys: diskFields.map(({ stat }) => key(stat)), oldKeys: oldPartitionStats.map(key) };
}

function hasFourColumns(text: Uint8Array, from: number): boolean {
  let at = from;
  for (let column = 0; column < oldPartitionStats.length; column += 1) {
    const word = skipBlanks(text, at);
    at = wordEnd(text, word);
    if (at === word) return false;
  }
  const next = skipBlanks(text, at);
  return wordEnd(text, next) === next;
}
