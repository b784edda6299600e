import { describeField, type Fields } from '@perfcollector/procfs';

/** What a source gave. */
export interface SourceCount {
  /** Null of fields that no source gives. */
  readonly source: string | null;
  fields: number;
  devices: number;
  samples: number;
}

/** More names than any machine has fields; beyond them none is told apart. */
const MOST_NAMES = 1_000_000;

interface Tally {
  readonly count: SourceCount;
  readonly devices: Set<string>;
  /** Of the last sample: raw lines of one time and machine are one. */
  last: { readonly time: number; readonly machine: string };
}

/** Counts the fields of samples by the source that gives them. */
export class FieldTally {
  readonly #sources = new Map<string | null, Tally>();
  readonly #names = new Map<string, Tally>();
  /** The names of the last sample, and their sources: nearly always the next one's. */
  #last: { readonly names: readonly string[]; readonly tallies: ReadonlySet<Tally> } = {
    names: [],
    tallies: new Set(),
  };

  add(fields: Fields, sample: Tally['last']): void {
    const names = Object.keys(fields);
    if (!isSame(names, this.#last.names))
      this.#last = { names, tallies: new Set(names.map((name) => this.#tallyOf(name))) };
    for (const tally of this.#last.tallies) {
      if (tally.last.time !== sample.time || tally.last.machine !== sample.machine) tally.count.samples += 1;
      tally.last = sample;
    }
  }

  /** The sources in the order in which they came. */
  get sources(): readonly SourceCount[] {
    return Array.from(this.#sources.values(), ({ count }) => count);
  }

  #tallyOf(name: string): Tally {
    const known = this.#names.get(name);
    if (known) return known;
    const info = describeField(name);
    const tally = this.#sourceOf(info?.source.name ?? null);
    if (this.#names.size >= MOST_NAMES) return tally;
    this.#names.set(name, tally);
    tally.count.fields += 1;
    if (info?.device) tally.devices.add(`${info.groupSpec.group} ${info.device}`);
    tally.count.devices = tally.devices.size;
    return tally;
  }

  #sourceOf(source: string | null): Tally {
    const tally = this.#sources.get(source) ?? {
      count: { source, fields: 0, devices: 0, samples: 0 },
      devices: new Set(),
      last: { time: Number.NaN, machine: '' },
    };
    this.#sources.set(source, tally);
    return tally;
  }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}
