import { byDevice } from '../../rebuild.ts';
import type { Fields, GroupSpec, RawText } from '../../types.ts';
import { containerFields, rawFields } from './fields.ts';

/** perfcollector2's object of a container: the members that it knows, sorted, and an empty name for an unknown one. */
export function containerText(
  device: string,
  runtime: string,
  of: (stat: string) => Fields[string] | undefined,
): RawText {
  const members = rawFields.map(
    ({ kernel, stat }) => [kernel, of(stat) ?? (stat === 'name' ? '' : undefined)] as const,
  );
  const sorted = members.filter(([, member]) => member !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return { subsystem: `container/${runtime}/${device}`, text: JSON.stringify(Object.fromEntries(sorted)) };
}

const group: GroupSpec = { group: 'container', device: 'between', fields: containerFields };

/** A container whose runtime is not known has no name there. */
export function rebuildContainers(fields: Fields): RawText[] {
  return byDevice(group, fields).flatMap(([device, stats]) => {
    const runtime = stats.get('runtime');
    return typeof runtime === 'string' ? [containerText(device, runtime, (stat) => stats.get(stat))] : [];
  });
}
