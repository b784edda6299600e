import { fieldName } from '../../field-name.ts';
import { byDevice, columnsUpToFirstAbsent, digitsOf } from '../../rebuild.ts';
import type { Fields, GroupSpec } from '../../types.ts';
import { cpuFields, softirqFields, statFields } from './fields.ts';

const cpuGroup: GroupSpec = { group: 'cpu', device: 'glued', fields: cpuFields };

/** `intr` has the sum alone: how often each interrupt came is in no field. */
export function rebuildStat(fields: Fields): string | undefined {
  const all = columnsUpToFirstAbsent(
    cpuFields,
    (stat) => fields[fieldName({ group: 'cpu', device: 'none' }, '', stat)],
  );
  if (all.length === 0) return undefined;
  const cpus = byDevice(cpuGroup, fields).map(([cpu, stats]) => [
    `cpu${cpu}`,
    ...columnsUpToFirstAbsent(cpuFields, (stat) => stats.get(stat)),
  ]);
  const others = statFields.map(({ stat, kernel }) => [kernel, ...othersOf(stat, fields)]);
  const lines = [...cpus, ...others].filter(({ length }) => length > 1).map((words) => words.join(' '));
  return [`cpu  ${all.join(' ')}`, ...lines, ''].join('\n');
}

function othersOf(stat: string, fields: Fields): string[] {
  const sum = digitsOf(fields[`stat_${stat}`]);
  if (sum === undefined) return [];
  if (stat !== 'softirq') return [sum];
  return [sum, ...columnsUpToFirstAbsent(softirqFields, (kind) => fields[`stat_${kind}`])];
}
