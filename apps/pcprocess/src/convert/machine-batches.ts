import { LineError, mergeSamples } from '@perfcollector/collection';
import { type Pair, type PairCounts, Pairing, type PairingRules } from '@perfcollector/derive';
import { BatchBuilder, USE } from '../engine/batch.ts';
import type { BatchQueue } from '../engine/queue.ts';
import type { BadLine, Findings } from '../engine/rows-of-batch.ts';
import type { Worked } from '../engine/work.ts';
import type { Selection } from '../input/options.ts';
import { type SampleLine, sampleOf, textOfFields } from '../input/sample-line.ts';
import { Cadence } from './cadence.ts';

export interface BatchSetup {
  readonly machine: string;
  readonly queue: BatchQueue;
  readonly selection: Pick<Selection, 'from' | 'to'>;
  readonly use: (worked: Worked) => void;
  readonly onFindings: (findings: Findings) => void;
  /** What its first samples go on from, where others have come before. */
  readonly succession?: Succession | undefined;
}

/** What the next samples of a machine go on from. */
export interface Succession {
  readonly pairing: Pairing<SampleLine>;
  readonly cadence: Cadence;
}

/** The samples of one machine, in the order of time, on their way through the threads. */
export class MachineBatches {
  readonly #setup: BatchSetup;
  readonly #builder: BatchBuilder;
  #succession: Succession;
  /** Whether rows are wanted, or names alone. */
  #use = USE.row;

  constructor(setup: BatchSetup) {
    this.#setup = setup;
    this.#builder = new BatchBuilder(setup.machine, () => setup.queue.buffer());
    this.#succession = setup.succession ?? this.#newSuccession();
  }

  get counts(): PairCounts {
    return this.#succession.pairing.counts;
  }

  /** From now on only the names of fields are looked for. */
  lookForNames(): void {
    this.#use = USE.names;
  }

  /** @returns undefined where there is nothing to wait for */
  add(line: SampleLine): Promise<void> | undefined {
    const pair = this.#succession.pairing.add(line);
    if (!pair) return undefined;
    this.#build(pair);
    return this.#builder.isFull ? this.send() : this.#setup.queue.note(this, this.#builder.length);
  }

  async end(): Promise<void> {
    const pair = this.#succession.pairing.end();
    if (pair) this.#build(pair);
    if (!this.#builder.isEmpty) await this.send();
  }

  /** What has come so far is worked on. */
  async send(): Promise<void> {
    const { queue, use } = this.#setup;
    const batch = this.#builder.take();
    // What it was read from goes: of a machine whose samples are over that is a megabyte, kept for one line.
    this.#succession.pairing.exchange((line) => ({ ...line, bytes: Buffer.from(line.bytes) }));
    await queue.note(this, 0);
    await queue.send(batch, use);
  }

  /** Gives away what the next samples go on from; what it was given itself is worked on. */
  handOver(): Succession {
    const succession = this.#succession;
    this.#succession = this.#newSuccession();
    return succession;
  }

  #newSuccession(): Succession {
    const { onFindings } = this.#setup;
    const pairing = new Pairing(pairingRules((bad) => onFindings({ names: [], bad: [bad] })));
    return { pairing, cadence: new Cadence() };
  }

  #build(pair: Pair<SampleLine>): void {
    this.#builder.add(pair, { use: this.#useOf(pair.now), facts: this.#succession.cadence.next(pair) });
  }

  #useOf({ timestamp }: SampleLine): number {
    const { from, to } = this.#setup.selection;
    return timestamp >= from && timestamp < to ? this.#use : USE.outside;
  }
}

/**
 * What becomes of samples of one time: parts of one are put together, what is there twice is left out.
 * @param tell is told of those that are none
 */
export function pairingRules(tell: (bad: BadLine) => void): PairingRules<SampleLine> {
  return { merge: (first, second) => mergeLines(first, second, tell), compare: compareLines };
}

/** Two samples of one time as one; where one of them is none, the other. */
function mergeLines(first: SampleLine, second: SampleLine, tell: (bad: BadLine) => void): SampleLine | undefined {
  if (first.bytes.equals(second.bytes)) return undefined;
  const [one, other] = [first, second].map((line) => sampleIn(line, tell));
  if (!one || !other) return other ? second : undefined;
  const sample = mergeSamples(one, other);
  return sample && { ...first, ...textOfFields(sample) };
}

function sampleIn(line: SampleLine, tell: (bad: BadLine) => void) {
  try {
    return sampleOf(line);
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    tell({ number: line.number, problem: error.message });
    return undefined;
  }
}

/** However the samples of one time came: which of two that contradict each other is taken does not depend on it. */
function compareLines(a: SampleLine, b: SampleLine): number {
  return compare(a.run ?? '', b.run ?? '') || (a.seq ?? 0) - (b.seq ?? 0) || a.bytes.compare(b.bytes);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
