import { splitName } from './field-name.ts';
import type { FieldSpec, Fields, GroupSpec } from './types.ts';

/** The digits of a count; undefined of what the kernel prints nowhere in a count's place. */
export function digitsOf(value: Fields[string] | undefined): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined;
  return value !== undefined && /^\d+$/.test(value) ? value : undefined;
}

/** The columns of a line up to the first that is not there: what stands behind it would come into the wrong place. */
export function columnsUpToFirstAbsent(
  specs: readonly FieldSpec[],
  of: (stat: string) => Fields[string] | undefined,
): string[] {
  const columns = specs.map(({ stat }) => digitsOf(of(stat)));
  const end = columns.indexOf(undefined);
  return (end < 0 ? columns : columns.slice(0, end)) as string[];
}

/** The fields of a group by their device, in natural order, and by their statistic. */
export function byDevice(group: GroupSpec, fields: Fields): [device: string, stats: Map<string, Fields[string]>][] {
  const devices = new Map<string, Map<string, Fields[string]>>();
  for (const [name, value] of Object.entries(fields)) {
    const parts = splitName(group, name);
    if (!parts) continue;
    const stats = devices.get(parts.device) ?? new Map();
    devices.set(parts.device, stats.set(parts.stat, value));
  }
  return [...devices].sort(([a], [b]) => natural.compare(a, b));
}

const natural = new Intl.Collator('en', { numeric: true });

/** A name that stands between blanks on a line. */
export function isWord(name: string): boolean {
  return /^[^\s\0]+$/.test(name);
}
