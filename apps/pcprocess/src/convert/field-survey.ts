import { noteBadLine } from '@perfcollector/collection';
import type { BatchQueue } from '../engine/queue.ts';
import type { BadLine, Findings } from '../engine/rows-of-batch.ts';
import type { ReadInput } from '../input/first-reading.ts';
import type { Selection } from '../input/options.ts';
import type { SampleLine } from '../input/sample-line.ts';
import { MachineBatches, type Succession } from './machine-batches.ts';

export interface SurveySetup {
  readonly queue: BatchQueue;
  readonly selection: Selection;
}

/** Finds out on the first reading which fields each machine has, and which lines are none. */
export class FieldSurvey {
  /** The names of all fields that any sample of a machine has, however late. */
  readonly fields = new Map<string, Set<string>>();
  readonly #setup: SurveySetup;
  readonly #batches = new Map<string, MachineBatches>();
  #bad: BadLine[] = [];

  constructor(setup: SurveySetup) {
    this.#setup = setup;
  }

  async take(lines: readonly SampleLine[]): Promise<void> {
    for (const line of lines) {
      const wait = this.add(line);
      if (wait) await wait;
    }
  }

  /** @returns undefined where there is nothing to wait for */
  add(line: SampleLine): Promise<void> | undefined {
    return this.#batchesOf(line.machine).add(line);
  }

  /** An input has been read to its end. */
  async endInput(read: ReadInput): Promise<void> {
    for (const batches of this.#batches.values()) await batches.end();
    await this.#setup.queue.drain();
    for (const { number, problem } of this.#bad) {
      if (!read.badLines.has(number)) noteBadLine(read.damage, number, problem);
      read.badLines.add(number);
    }
    this.#bad = [];
  }

  /** Takes note of what was found in samples of a machine. */
  note(machine: string, { names, bad }: Findings): void {
    const known = this.namesOf(machine);
    for (const name of names) known.add(name);
    this.#bad.push(...bad);
  }

  namesOf(machine: string): Set<string> {
    const names = this.fields.get(machine) ?? new Set();
    this.fields.set(machine, names);
    return names;
  }

  /** What a machine's next samples go on from, for who makes rows of them; undefined where none have come. */
  handOver(machine: string): Succession | undefined {
    return this.#batches.get(machine)?.handOver();
  }

  #batchesOf(machine: string): MachineBatches {
    const known = this.#batches.get(machine);
    if (known) return known;
    const onFindings = (findings: Findings) => this.note(machine, findings);
    const batches = new MachineBatches({
      ...this.#setup,
      machine,
      onFindings,
      use: ({ findings }) => onFindings(findings),
    });
    batches.lookForNames();
    this.#batches.set(machine, batches);
    return batches;
  }
}
