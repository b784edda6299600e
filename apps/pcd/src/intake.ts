import { contract } from '@perfcollector/api';
import {
  addFields,
  type EventMark,
  type Header,
  identifierProblem,
  type Line,
  LineError,
  type RawMeasurement,
  rawFields,
  type Sample,
} from '@perfcollector/collection';
import type { AppendResult, MachineRef, PackedSample, Store } from '@perfcollector/storage';
import type { Traffic } from './traffic.ts';

/** Before this no perfcollector ran: a clock that says so was never set. 2000-01-01. */
const EARLIEST = 946_684_800;

/**
 * The timestamp of a line cannot be true. A sample under a wrong time would stand where nobody finds it, so it is refused
 * and the sender keeps it.
 */
class ClockError extends LineError {}

/** Under which code a line is refused. */
export function codeOf(error: LineError): 'BAD_TIMESTAMP' | 'BAD_MEASUREMENT' {
  return error instanceof ClockError ? 'BAD_TIMESTAMP' : 'BAD_MEASUREMENT';
}

/** @throws ClockError */
function checkClock(timestamp: number, now: number): void {
  if (timestamp >= EARLIEST && timestamp <= now + contract.MOST_AHEAD_SECONDS) return;
  const said = `its timestamp ${timestamp} is ${new Date(timestamp * 1000).toISOString()}`;
  throw new ClockError(`${said}, which cannot be right; the clock of the sending machine seems wrong`);
}

/** Where lines go, and where it is counted what went there. */
interface Destination {
  readonly store: Store;
  readonly traffic: Traffic;
}

/** Lines of one machine that are checked and wait to be stored together. */
export class Intake {
  readonly #ref: MachineRef;
  readonly #now: number;
  #headers: Header[] = [];
  #events: EventMark[] = [];
  /** By timestamp, so that raw lines of one timestamp become one sample. */
  #samples = new Map<number, Sample>();
  /** Samples that add nothing to one of the same timestamp: the store counts them. */
  #repeated: Sample[] = [];
  #packed: PackedSample[] = [];
  #values = 0;

  /** @throws LineError where the machine's identifier cannot be used */
  constructor(ref: MachineRef, now: number) {
    const problem = identifierProblem(ref.machine);
    if (problem) throw new LineError(problem);
    this.#ref = ref;
    this.#now = now;
  }

  /**
   * Takes a line over and tells about how many bytes it holds.
   * @throws LineError where the line cannot be stored; what was added before stays
   */
  add(line: Line): number {
    if (line.kind === 'header') {
      this.#headers.push(line.value);
      return JSON.stringify(line.value).length;
    }
    checkClock(line.value.timestamp, this.#now);
    if (line.kind === 'event') {
      this.#events.push(line.value);
      return line.value.event.length;
    }
    const sample = line.kind === 'sample' ? line.value : this.#sampleOf(line.value);
    return sample ? this.#put(sample) : 0;
  }

  /** The same for a sample that was packed as it came. @throws LineError */
  addPacked(sample: PackedSample): void {
    checkClock(sample.ms / 1000, this.#now);
    this.#packed.push(sample);
    this.#values += sample.count;
  }

  /** Undefined where the kernel file holds facts and no fields. */
  #sampleOf(raw: RawMeasurement): Sample | undefined {
    const fields = rawFields(raw);
    if (!fields) throw new LineError(`no source reads the subsystem ${JSON.stringify(raw.subsystem.slice(0, 80))}`);
    if (Object.keys(fields).length === 0) return undefined;
    return { timestamp: raw.timestamp, tags: { machine_id: this.#ref.machine }, fields };
  }

  #put(sample: Sample): number {
    const before = this.#samples.get(sample.timestamp);
    if (!before) this.#samples.set(sample.timestamp, sample);
    else if (isAnotherTick(before, sample) || !addFields(before, sample)) this.#repeated.push(sample);
    const { bytes, values } = weigh(sample);
    this.#values += values;
    return bytes;
  }

  /** Stores what waits; it is on disk when this returns. @throws StoreError */
  async flush({ store, traffic }: Destination): Promise<AppendResult> {
    const samples = [...this.#samples.values(), ...this.#repeated, ...this.#packed];
    const batch = { ...this.#ref, headers: this.#headers, samples, events: this.#events };
    this.#headers = [];
    this.#events = [];
    this.#samples = new Map();
    this.#repeated = [];
    this.#packed = [];
    const isEmpty = batch.headers.length + batch.samples.length + batch.events.length === 0;
    if (isEmpty) return { stored: 0, duplicates: 0 };
    const values = this.#values;
    this.#values = 0;
    const result = await store.append(batch);
    traffic.add({ samples: result.stored, values, duplicates: result.duplicates });
    return result;
  }
}

/** Of one run whose clock was set back: the store keeps both. */
function isAnotherTick(one: Sample, other: Sample): boolean {
  return one.run === other.run && one.seq !== undefined && other.seq !== undefined && one.seq !== other.seq;
}

/** How many values a sample has, and about how long its line is; writing it out to know would cost as much as storing it. */
function weigh({ fields }: Sample): { bytes: number; values: number } {
  let bytes = 100;
  let values = 0;
  for (const name in fields) {
    const value = fields[name];
    values += 1;
    bytes += name.length + (typeof value === 'string' ? value.length : 12);
  }
  return { bytes, values };
}
