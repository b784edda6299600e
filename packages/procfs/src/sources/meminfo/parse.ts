import { columnsOf, parseCount } from '../../count.ts';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';
import { memFields } from './fields.ts';

const PATH = '/proc/meminfo';
const statByKernelName = new Map(memFields.map((field) => [field.kernel, field.stat]));

/**
 * Reads /proc/meminfo into `mem_…` fields: KiB, or pages for the HugePages_ counts, which carry no unit.
 * MemAvailable is missing before 3.14 and is then left out, never estimated.
 * @throws ParseError when a known line has no number, or MemTotal is missing
 */
export function parseMeminfo(text: string): Fields {
  const fields: Fields = {};
  for (const [index, line] of text.split('\n').entries()) {
    const colon = line.indexOf(':');
    const stat = statByKernelName.get(line.slice(0, Math.max(colon, 0)));
    if (stat === undefined) continue;
    const [number] = columnsOf(line.slice(colon + 1));
    const value = parseCount(number ?? '');
    if (value === undefined) {
      throw new ParseError(PATH, { line: index + 1, text: line, expected: '"<Name>:   <count> kB"' });
    }
    fields[`mem_${stat}`] = value;
  }
  if (fields.mem_total === undefined) {
    throw new ParseError(PATH, { line: 0, text, expected: 'a line "MemTotal:   <count> kB"' });
  }
  return fields;
}
