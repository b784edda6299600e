import { columnsOf, parseCount } from '../../count.ts';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';
import { diskFields, oldPartitionStats } from './fields.ts';

const stats = diskFields.map((field) => field.stat);

/**
 * Reads /proc/diskstats into `disk_<device>_<stat>` fields, every line of it. 14, 18 and 20 columns are the kernels
 * 2.6.25, 4.18 and 5.5; columns that a kernel does not print are left out, columns past the known ones passed over.
 * @throws ParseError when a line is not two device numbers, a name and counts
 */
export function parseDiskstats(text: string): Fields {
  const fields: Fields = {};
  for (const [index, line] of text.split('\n').entries()) {
    const [major, minor, device, ...counts] = columnsOf(line);
    if (major === undefined) continue;
    const bad = () =>
      new ParseError('/proc/diskstats', {
        line: index + 1,
        text: line,
        expected: '"<major> <minor> <device> <4, 11, 15 or 17 counts>"',
      });
    if (!/^\d+ \d+$/.test(`${major} ${minor}`) || device === undefined || counts.length === 0) throw bad();
    const names = counts.length === oldPartitionStats.length ? oldPartitionStats : stats;
    for (const [at, stat] of names.entries()) {
      const column = counts[at];
      if (column === undefined) break;
      const value = parseCount(column);
      if (value === undefined) throw bad();
      fields[`disk_${device}_${stat}`] = value;
    }
  }
  return fields;
}
