import { columnsOf, parseCount } from '../../count.ts';
import { ParseError } from '../../errors.ts';
import type { FieldSpec, Fields } from '../../types.ts';
import { vmFields } from './fields.ts';

const statByKernelName = new Map(vmFields.map((field) => [field.kernel, field.stat]));

/**
 * Reads /proc/vmstat into `vm_…` fields, every line of it: the names differ from kernel to kernel, so one that the
 * catalogue does not list is kept under the kernel's own word.
 * @throws ParseError when a line is not a name and a count
 */
export function parseVmstat(text: string): Fields {
  const fields: Fields = {};
  for (const [index, line] of text.split('\n').entries()) {
    const [name, count] = columnsOf(line);
    if (name === undefined) continue;
    const value = parseCount(count ?? '');
    if (value === undefined) {
      throw new ParseError('/proc/vmstat', { line: index + 1, text: line, expected: '"<name> <count>"' });
    }
    fields[`vm_${statByKernelName.get(name) ?? name}`] = value;
  }
  return fields;
}

/** What can be said of a name that a newer kernel has added: nr_… are present amounts, the rest count events. */
export function describeUnlisted(stat: string): FieldSpec {
  const isAmount = stat.startsWith('nr_');
  return {
    stat,
    kernel: stat,
    unit: isAmount ? 'pages' : 'count',
    kind: isAmount ? 'gauge' : 'counter',
    about: `${stat} as the kernel counts it in /proc/vmstat.`,
  };
}
