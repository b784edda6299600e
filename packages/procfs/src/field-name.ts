import type { GroupSpec } from './types.ts';

/** Puts a field's name together: `mem_free`, `disk_sda_reads`, `cpu0_user`. */
export function fieldName(spec: Pick<GroupSpec, 'group' | 'device'>, device: string, stat: string): string {
  const suffix = stat === '' ? '' : `_${stat}`;
  if (spec.device === 'none') return `${spec.group}${suffix}`;
  if (spec.device === 'glued') return `${spec.group}${device}${suffix}`;
  return `${spec.group}_${device}${suffix}`;
}

/** A field's name taken apart again: which device and which statistic of the group it is. */
export interface NameParts {
  readonly device: string;
  readonly stat: string;
}

/**
 * Takes a name apart if it belongs to this group. The statistic is the longest one of the group's closed list that
 * the name ends in, so a device's name may hold underscores (`fs_/srv/a_b_blocks_free`).
 */
export function splitName(spec: GroupSpec, name: string): NameParts | undefined {
  if (spec.device === 'none') return splitPlain(spec, name);
  if (spec.device === 'glued') return splitGlued(spec, name);
  const prefix = `${spec.group}_`;
  if (!name.startsWith(prefix)) return undefined;
  let found: NameParts | undefined;
  for (const { stat } of spec.fields) {
    const device = name.slice(prefix.length, -stat.length - 1);
    if (device !== '' && name.endsWith(`_${stat}`) && stat.length > (found?.stat.length ?? 0)) found = { device, stat };
  }
  return found;
}

function splitPlain(spec: GroupSpec, name: string): NameParts | undefined {
  const isGroup = name === spec.group;
  const stat = isGroup ? '' : name.slice(spec.group.length + 1);
  if (!isGroup && (stat === '' || !name.startsWith(`${spec.group}_`))) return undefined;
  const isKnown = (spec.describe !== undefined && !isGroup) || spec.fields.some((field) => field.stat === stat);
  return isKnown ? { device: '', stat } : undefined;
}

function splitGlued(spec: GroupSpec, name: string): NameParts | undefined {
  if (!name.startsWith(spec.group)) return undefined;
  const match = /^(\d+)_(.+)$/.exec(name.slice(spec.group.length));
  const [, device, stat] = match ?? [];
  if (device === undefined || stat === undefined) return undefined;
  return spec.fields.some((field) => field.stat === stat) ? { device, stat } : undefined;
}
