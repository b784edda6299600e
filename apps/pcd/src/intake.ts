import {
  type EventMark,
  type Header,
  identifierProblem,
  type Line,
  LineError,
  rawFields,
  type Sample,
} from '@perfcollector/collection';
import type { AppendResult, MachineRef, Store } from '@perfcollector/storage';

/** Before this no perfcollector ran: a clock that says so was never set. 2000-01-01. */
const EARLIEST = 946_684_800;
/** How far a machine's clock may be ahead of ours. */
const AHEAD_SECONDS = 86_400;

/**
 * Why a timestamp cannot be true, as a sentence; undefined where it can. A sample under a wrong time would stand where
 * nobody finds it, so it is refused and the sender keeps it.
 */
function timestampProblem(timestamp: number, now: number): string | undefined {
  if (timestamp >= EARLIEST && timestamp <= now + AHEAD_SECONDS) return undefined;
  const said = new Date(timestamp * 1000).toISOString();
  return `its timestamp ${timestamp} is ${said}, which cannot be right; the clock of the sending machine seems wrong`;
}

/** Lines of one machine that are checked and wait to be stored together. */
export class Intake {
  readonly #ref: MachineRef;
  readonly #now: number;
  #headers: Header[] = [];
  #events: EventMark[] = [];
  /** By timestamp, so that raw lines of one timestamp become one sample. */
  #samples = new Map<number, Sample>();

  /** @throws LineError where the machine's identifier cannot be used */
  constructor(ref: MachineRef, now: number) {
    const problem = identifierProblem(ref.machine);
    if (problem) throw new LineError(problem);
    this.#ref = ref;
    this.#now = now;
  }

  /** Samples that wait. */
  get size(): number {
    return this.#samples.size;
  }

  /** @throws LineError where the line cannot be stored; what was added before stays */
  add(line: Line): void {
    if (line.kind === 'header') {
      this.#headers.push(line.value);
      return;
    }
    const problem = timestampProblem(line.value.timestamp, this.#now);
    if (problem) throw new LineError(problem);
    if (line.kind === 'event') this.#events.push(line.value);
    else if (line.kind === 'sample') this.#put(line.value);
    else this.#putRaw(line.value);
  }

  #putRaw(raw: Extract<Line, { kind: 'raw' }>['value']): void {
    const fields = rawFields(raw);
    if (!fields) throw new LineError(`no source reads the subsystem ${JSON.stringify(raw.subsystem.slice(0, 80))}`);
    if (Object.keys(fields).length === 0) return;
    this.#put({ timestamp: raw.timestamp, tags: { machine_id: this.#ref.machine }, fields });
  }

  #put(sample: Sample): void {
    const before = this.#samples.get(sample.timestamp);
    const merged = before ? { ...before, fields: { ...sample.fields, ...before.fields } } : sample;
    this.#samples.set(sample.timestamp, merged);
  }

  /** Stores what waits; it is on disk when this returns. @throws StoreError */
  async flush(store: Store): Promise<AppendResult> {
    const batch = { ...this.#ref, headers: this.#headers, samples: [...this.#samples.values()], events: this.#events };
    this.#headers = [];
    this.#events = [];
    this.#samples = new Map();
    const isEmpty = batch.headers.length + batch.samples.length + batch.events.length === 0;
    return isEmpty ? { stored: 0, duplicates: 0 } : store.append(batch);
  }
}
