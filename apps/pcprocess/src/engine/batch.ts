import type { Pair, RunFacts } from '@perfcollector/derive';
import type { SampleLine } from '../input/sample-line.ts';

/** Samples of one machine on their way to the thread that makes rows of them, as bytes and numbers: nothing is cloned. */
export interface Batch {
  readonly machine: string;
  /** The lines, one behind the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** `STRIDE` numbers a line. */
  readonly entries: Float64Array<ArrayBuffer>;
  readonly runs: readonly BatchRun[];
}

export interface BatchRun {
  readonly run: string | undefined;
  readonly facts: RunFacts;
}

/** What stands where in an entry. */
export const ENTRY = { fieldsAt: 0, start: 1, end: 2, number: 3, timestamp: 4, seq: 5, run: 6, before: 7, use: 8 };
const STRIDE = 9;

/**
 * What becomes of a line: it was looked at before and is the base of a later one; it may become one, and is outside the time
 * that is asked for; it is looked at for its fields' names; a row is made of it.
 */
export const USE = { base: 0, outside: 1, names: 2, row: 3 };
/** Stands for no seq, and for no sample before. */
export const NONE = -1;

/** So many bytes of lines make a batch: small beside what a program of this kind takes, and long beside a message. */
const BATCH_BYTES = 1024 * 1024;
/** Of many machines at once few lines each are held. */
const FIRST_BYTES = 64 * 1024;

/** Gathers the lines of one machine. */
export class BatchBuilder {
  readonly #machine: string;
  readonly #spare: () => ArrayBuffer | undefined;
  /** None between batches: of a thousand machines most wait. */
  #bytes: Buffer<ArrayBuffer> = Buffer.alloc(0);
  #length = 0;
  #entries: number[] = [];
  #runs: BatchRun[] = [];
  #runIndexes = new Map<string, number>();
  /** Where each line of this batch stands in it. */
  #indexes = new Map<SampleLine, number>();

  /** @param spare gives a buffer that nobody needs any more, if there is one */
  constructor(machine: string, spare: () => ArrayBuffer | undefined) {
    this.#machine = machine;
    this.#spare = spare;
  }

  /** Bytes that are held. */
  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length >= BATCH_BYTES;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** @param of the use of the second of them, and what is known of its run; the first comes along if it is not there yet */
  add({ before, now }: Pair<SampleLine>, { use, facts }: { use: number; facts: RunFacts }): void {
    const base = before && (this.#indexes.get(before) ?? this.#put(before, { use: USE.base, facts }, NONE));
    this.#put(now, { use, facts }, base ?? NONE);
  }

  take(): Batch {
    const bytes = new Uint8Array(this.#bytes.buffer, 0, this.#length);
    const batch = { machine: this.#machine, bytes, entries: Float64Array.from(this.#entries), runs: this.#runs };
    this.#bytes = Buffer.alloc(0);
    this.#length = 0;
    this.#entries = [];
    this.#runs = [];
    this.#runIndexes.clear();
    this.#indexes.clear();
    return batch;
  }

  #put(line: SampleLine, { use, facts }: { use: number; facts: RunFacts }, before: number): number {
    const { bytes, fieldsAt, number, timestamp, seq = NONE } = line;
    const start = this.#length;
    this.#reserve(bytes.length);
    bytes.copy(this.#bytes, start);
    this.#length += bytes.length;
    const run = this.#runIndex(line, facts);
    this.#entries.push(start + fieldsAt, start, this.#length, number, timestamp, seq, run, before, use);
    const index = this.#entries.length / STRIDE - 1;
    this.#indexes.set(line, index);
    return index;
  }

  #runIndex({ run, lineage, header }: SampleLine, facts: RunFacts): number {
    const key = header ? lineage : `${lineage}\0${facts.interval}`;
    const known = this.#runIndexes.get(key);
    if (known !== undefined) return known;
    const index = this.#runs.push({ run, facts }) - 1;
    this.#runIndexes.set(key, index);
    return index;
  }

  #reserve(room: number): void {
    const spare = this.#length === 0 ? this.#spare() : undefined;
    if (spare) this.#bytes = Buffer.from(spare);
    if (this.#length + room <= this.#bytes.length) return;
    const bytes = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + room, FIRST_BYTES));
    this.#bytes.copy(bytes, 0, 0, this.#length);
    this.#bytes = bytes;
  }
}

/** The lines of a batch, as who works on it reads them. */
export class BatchLines {
  readonly bytes: Buffer;
  readonly count: number;
  readonly #entries: Float64Array;
  readonly #runs: readonly BatchRun[];

  constructor({ bytes, entries, runs }: Batch) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.count = entries.length / STRIDE;
    this.#entries = entries;
    this.#runs = runs;
  }

  at(index: number, what: number): number {
    return this.#entries[index * STRIDE + what] as number;
  }

  text(index: number): string {
    return this.bytes.toString('utf8', this.at(index, ENTRY.start), this.at(index, ENTRY.end));
  }

  run(index: number): BatchRun {
    return this.#runs[this.at(index, ENTRY.run)] ?? { run: undefined, facts: {} };
  }

  /** Of each line the last one that goes on from it, or itself. */
  lastUses(): Int32Array {
    const last = Int32Array.from({ length: this.count }, (_, index) => index);
    for (let index = 0; index < this.count; index += 1) {
      const before = this.at(index, ENTRY.before);
      if (before !== NONE) last[before] = index;
    }
    return last;
  }
}
