import { digitsOf } from '../../rebuild.ts';
import type { Fields } from '../../types.ts';
import { memFields } from './fields.ts';

/** The kernel's own widths. */
const [NAME, VALUE] = [16, 8];

export function rebuildMeminfo(fields: Fields): string | undefined {
  if (digitsOf(fields.mem_total) === undefined) return undefined;
  const lines = memFields.flatMap(({ stat, kernel, unit }) => {
    const value = digitsOf(fields[`mem_${stat}`]);
    if (value === undefined) return [];
    return [`${`${kernel}:`.padEnd(NAME)}${value.padStart(VALUE)}${unit === 'KiB' ? ' kB' : ''}\n`];
  });
  return lines.join('');
}
