import { allGroups, describeField, type FieldInfo, type FieldSpec } from '@perfcollector/procfs';

/**
 * One column of a table. `value`: the field as recorded. `rate`: a counter's movement a second. `share`: a counter's
 * part of its device's time, in percent.
 */
export interface Column {
  readonly name: string;
  readonly field: string;
  readonly derivation: 'value' | 'rate' | 'share';
  /** Undefined where no source gives the field: it is shown as recorded. */
  readonly info: FieldInfo | undefined;
}

const groupRank = new Map(allGroups().map((group, rank) => [group, rank]));

/**
 * The columns for these fields, in the catalogue's order: groups as the sources list them, devices in natural order
 * (`sda2` before `sda10`), statistics as the kernel prints them; fields that no source gives come last.
 */
export function wideColumns(fieldNames: Iterable<string>): Column[] {
  const fields = Array.from(fieldNames, (name) => ({ name, info: describeField(name) }));
  const ranked = fields.map((field) => ({ ...field, rank: rankOf(field.info) }));
  ranked.sort((a, b) => compareRanks(a.rank, b.rank) || natural.compare(a.name, b.name));
  return ranked.flatMap(({ name, info }) => columnsOfField(name, info));
}

/** What stands behind the name of a counter's rate. */
const RATE_SUFFIX = '_per_second';

function columnsOfField(name: string, info: FieldInfo | undefined): Column[] {
  const value: Column = { name, field: name, derivation: 'value', info };
  if (info?.spec.kind !== 'counter') return [value];
  if (isShare(info)) return [{ ...value, derivation: 'share' }];
  return [value, { name: `${name}${RATE_SUFFIX}`, field: name, derivation: 'rate', info }];
}

function isShare({ groupSpec, stat }: FieldInfo): boolean {
  return [...(groupSpec.shares ?? []), ...(groupSpec.sharesWithin ?? [])].includes(stat);
}

interface Rank {
  readonly group: number;
  readonly device: string;
  readonly stat: number;
}

const natural = new Intl.Collator('en', { numeric: true });

function rankOf(info: FieldInfo | undefined): Rank {
  if (!info) return { group: Number.MAX_SAFE_INTEGER, device: '', stat: 0 };
  return { group: groupRank.get(info.groupSpec) ?? Number.MAX_SAFE_INTEGER, device: info.device, stat: statRank(info) };
}

function statRank({ groupSpec, spec, stat }: FieldInfo): number {
  if (!groupSpec.shares) return indexOrLast(groupSpec.fields, spec);
  return [...groupSpec.shares, ...(groupSpec.sharesWithin ?? [])].indexOf(stat);
}

/** A statistic that the group describes without listing it comes after those listed. */
function indexOrLast(fields: readonly FieldSpec[], spec: FieldSpec): number {
  const index = fields.indexOf(spec);
  return index < 0 ? fields.length : index;
}

function compareRanks(a: Rank, b: Rank): number {
  return a.group - b.group || natural.compare(a.device, b.device) || a.stat - b.stat;
}
