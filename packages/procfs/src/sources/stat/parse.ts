import { columnsOf, parseCount } from '../../count.ts';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';
import { cpuFields, statFields } from './fields.ts';

const PATH = '/proc/stat';
const statNames = new Set(statFields.map((field) => field.stat));

/**
 * Reads /proc/stat: ticks of all CPUs together (`cpu_user`) and of each (`cpu0_user`), and the totals (`stat_ctxt`).
 * Kernels before 2.6.33 print fewer columns; those fields are then left out.
 * @throws ParseError when there is no `cpu` line, or a line's count is not a number
 */
export function parseStat(text: string): Fields {
  const fields: Fields = {};
  for (const [index, line] of text.split('\n').entries()) {
    const columns = columnsOf(line);
    const [key, first] = columns;
    if (key === undefined) continue;
    const isCpu = /^cpu\d*$/.test(key);
    if (!isCpu && !statNames.has(key)) continue;
    const bad = () => new ParseError(PATH, { line: index + 1, text: line, expected: `"${key} <count> …"` });
    if (first === undefined) throw bad();
    if (isCpu) {
      // A column past guest_nice would be a newer kernel's: passed over until the catalogue knows it.
      for (const [at, spec] of cpuFields.entries()) {
        const column = columns[at + 1];
        if (column === undefined) break;
        fields[`${key}_${spec.stat}`] = parseCount(column) ?? raise(bad());
      }
    } else {
      // intr and softirq go on with one number per interrupt; the first is their sum.
      fields[`stat_${key}`] = parseCount(first) ?? raise(bad());
    }
  }
  if (fields.cpu_user === undefined) {
    throw new ParseError(PATH, { line: 0, text, expected: 'a line "cpu  <user> <nice> <system> <idle> …"' });
  }
  return fields;
}

function raise(error: Error): never {
  throw error;
}
