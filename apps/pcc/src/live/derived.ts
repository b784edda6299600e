import type { Sample } from '@perfcollector/collection';
import {
  type Cell,
  type Column,
  intervalBetween,
  isNa,
  type RunFacts,
  rowDeriver,
  wideColumns,
} from '@perfcollector/derive';
import type { FieldInfo, FieldValue } from '@perfcollector/procfs';

/** What one field of a sample says; a member that cannot be told is left out. */
interface Quantity {
  /** As the kernel has it. */
  readonly value?: FieldValue;
  /** A counter's movement a second. */
  readonly rate?: number;
  /** A counter's part of its device's time, percent. */
  readonly share?: number;
}

/** The quantities of one device by statistic. */
export type Device = ReadonlyMap<string, Quantity>;

/** A sample, and what follows from it and the one before. */
export interface Derived {
  /** Unix seconds. */
  readonly timestamp: number;
  /** The time since the sample before; undefined where there is none, or where it cannot be told. */
  readonly seconds: number | undefined;
  /** By the field's whole name: `cpu_idle`. */
  readonly fields: ReadonlyMap<string, Quantity>;
  /** By group and device, as the catalogue takes names apart; a host's own statistics are those of the device ''. */
  readonly devices: ReadonlyMap<string, ReadonlyMap<string, Device>>;
}

export interface DerivationSetup {
  readonly run: RunFacts;
  /** The groups of fields to derive; every other field of a sample is passed over. */
  readonly groups: ReadonlySet<string>;
}

/** Prepares derivation while sampling goes on. The function that it returns is given each sample of the run in turn. */
export function liveDerivation({ run, groups }: DerivationSetup): (now: Sample) => Derived {
  const planned = planner(groups);
  let before: Sample | undefined;
  return (now) => {
    const interval = intervalBetween(before, now, run);
    const [fields, devices] = [new Map<string, Quantity>(), new Map<string, Map<string, Device>>()];
    for (const [group, { columns, derive }] of planned(Object.keys(now.fields))) {
      const cells = derive({ before, now, interval });
      devices.set(group, devicesIn(columns, cells, fields));
    }
    before = now;
    return { timestamp: now.timestamp, seconds: isNa(interval) ? undefined : interval.seconds, fields, devices };
  };
}

/** How the fields of one group are derived. */
interface Plan {
  readonly columns: readonly Known[];
  readonly derive: ReturnType<typeof rowDeriver>;
}

/** A column that the catalogue knows. */
type Known = Column & { readonly info: FieldInfo };

/**
 * Plans are kept while the names of their group stay the same: a process that comes or goes changes those of one group,
 * and a thousand CPUs have ten thousand in another. Looking a name up in the catalogue takes long, so it is done once.
 */
function planner(groups: ReadonlySet<string>): (names: readonly string[]) => ReadonlyMap<string, Plan> {
  const isWanted = (column: Column): column is Known => groups.has(column.info?.groupSpec.group ?? '');
  let known = new Map<string, readonly Known[]>();
  let plans = new Map<string, Plan>();
  return (names) => {
    const last = known;
    known = new Map(names.map((name) => [name, last.get(name) ?? wideColumns([name]).filter(isWanted)]));
    const next = new Map<string, Known[]>();
    for (const columns of known.values())
      for (const column of columns) entry(next, column.info.groupSpec.group, (): Known[] => []).push(column);
    plans = new Map(Array.from(next, ([group, columns]) => [group, keptPlan(plans.get(group), columns)]));
    return plans;
  };
}

function keptPlan(plan: Plan | undefined, columns: readonly Known[]): Plan {
  const isSame = plan?.columns.length === columns.length && columns.every((column, at) => column === plan.columns[at]);
  return isSame ? plan : { columns, derive: rowDeriver(columns) };
}

/** Puts quantities together by device, and by name into `fields`. */
function devicesIn(
  columns: readonly Known[],
  cells: readonly Cell[],
  fields: Map<string, Quantity>,
): Map<string, Map<string, Quantity>> {
  const devices = new Map<string, Map<string, Quantity>>();
  for (const [at, { field, derivation, info }] of columns.entries()) {
    const cell = cells[at];
    const isKnown = cell !== undefined && !isNa(cell);
    const quantity = { ...fields.get(field), ...(isKnown && { [derivation]: cell }) };
    fields.set(field, quantity);
    entry(devices, info.device, () => new Map<string, Quantity>()).set(info.stat, quantity);
  }
  return devices;
}

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
