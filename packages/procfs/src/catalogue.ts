import { type NameParts, splitName } from './field-name.ts';
import { sources } from './sources/index.ts';
import type { FieldSpec, GroupSpec, Source } from './types.ts';

/** One field of a collection, with everything that is known of it. */
export interface FieldInfo extends NameParts {
  readonly name: string;
  readonly source: Source;
  readonly groupSpec: GroupSpec;
  readonly spec: FieldSpec;
}

/**
 * Looks a field up by its full name (`disk_sda_reads`). Undefined for a name that no source gives: a foreign or newer
 * collection may hold such fields, and they are kept as they are.
 */
export function describeField(name: string): FieldInfo | undefined {
  for (const source of sources) {
    for (const groupSpec of source.groups) {
      const parts = splitName(groupSpec, name);
      if (!parts) continue;
      const spec = groupSpec.fields.find((field) => field.stat === parts.stat) ?? groupSpec.describe?.(parts.stat);
      if (spec) return { ...parts, name, source, groupSpec, spec };
    }
  }
  return undefined;
}

/** The source that reads a raw collection's `subsystem`, if there is one. */
export function sourceOf(subsystem: string): (Source & Required<Pick<Source, 'parse'>>) | undefined {
  return sources.find(
    (source): source is Source & Required<Pick<Source, 'parse'>> =>
      source.parse !== undefined && (source.isSubsystem?.(subsystem) ?? source.subsystem === subsystem),
  );
}

/** Every group, in the order in which tables show them. */
export function allGroups(): readonly GroupSpec[] {
  const groups = sources.flatMap((source) => source.groups);
  return [...groups.filter((group) => !group.isLast), ...groups.filter((group) => group.isLast)];
}
