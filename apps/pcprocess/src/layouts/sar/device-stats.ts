import type { Sample } from '@perfcollector/collection';
import { describeField, type FieldValue } from '@perfcollector/procfs';

/** The statistics of one device, by their names. */
export type Stats = ReadonlyMap<string, FieldValue>;
/** The devices of a group of fields, in the order in which the sample has them; of a group without devices one, ''. */
export type Devices = ReadonlyMap<string, Stats>;

interface Place {
  readonly group: string;
  readonly device: string;
  readonly stat: string;
}

/** Samples taken apart into groups, devices and statistics; what a field's name says is looked up once. */
export class SampleParts {
  readonly #groups: ReadonlySet<string>;
  readonly #places = new Map<string, Place | undefined>();
  /** A sample is asked for twice: as the later one of an interval and as the earlier one of the next. */
  readonly #parts = new WeakMap<Sample, ReadonlyMap<string, Devices>>();

  /** @param groups of which anything will be asked */
  constructor(groups: Iterable<string>) {
    this.#groups = new Set(groups);
  }

  /** Undefined where the sample has nothing of the group. */
  devicesOf(group: string, sample: Sample): Devices | undefined {
    let parts = this.#parts.get(sample);
    if (!parts) {
      parts = this.#takeApart(sample);
      this.#parts.set(sample, parts);
    }
    return parts.get(group);
  }

  #takeApart({ fields }: Sample): Map<string, Devices> {
    const groups = new Map<string, Map<string, Map<string, FieldValue>>>();
    for (const name in fields) {
      const place = this.#placeOf(name);
      if (place) put(groups, place, fields[name] as FieldValue);
    }
    return groups;
  }

  #placeOf(name: string): Place | undefined {
    const known = this.#places.get(name);
    if (known || this.#places.has(name)) return known;
    const info = describeField(name);
    const isWanted = info && this.#groups.has(info.groupSpec.group);
    const place = isWanted ? { group: info.groupSpec.group, device: info.device, stat: info.stat } : undefined;
    this.#places.set(name, place);
    return place;
  }
}

function put(groups: Map<string, Map<string, Map<string, FieldValue>>>, place: Place, value: FieldValue): void {
  const devices = groups.get(place.group) ?? new Map<string, Map<string, FieldValue>>();
  groups.set(place.group, devices);
  const stats = devices.get(place.device) ?? new Map<string, FieldValue>();
  devices.set(place.device, stats);
  stats.set(place.stat, value);
}

/** A gauge or counter as a number; undefined where it is absent or a word. */
export function numberOf(stats: Stats, stat: string): number | undefined {
  const value = stats.get(stat);
  if (typeof value === 'number') return value;
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}
