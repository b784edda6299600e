import { LineError, noteBadLine } from '@perfcollector/collection';
import type { BadLine, Findings } from '../engine/rows-of-batch.ts';
import type { OrderSoFar, ReadInput } from '../input/first-reading.ts';
import { type SampleLine, sampleOf } from '../input/sample-line.ts';
import { MachineBatches } from './machine-batches.ts';
import { type RowSetup, RowTable } from './row-table.ts';
import type { WrittenMachine } from './tables.ts';

/**
 * The first reading finds out which fields each machine has. As they are nearly always those of its first samples, rows are
 * made on the way as if they were: where that holds, one reading is enough. As soon as something else comes (another
 * field, a bad line, disorder), these rows are given up, and a second reading makes them.
 */
export class Draft {
  /** The names of all fields that any sample of a machine has, however late. */
  readonly fields = new Map<string, Set<string>>();
  readonly #setup: RowSetup;
  readonly #tables = new Map<string, RowTable>();
  /** Where no rows are made any more. */
  readonly #batches = new Map<string, MachineBatches>();
  #isGood: boolean;
  #bad: BadLine[] = [];

  /** @param isWanted whether rows may come of it at all */
  constructor(setup: Omit<RowSetup, 'onFindings'>, isWanted: boolean) {
    this.#isGood = isWanted;
    this.#setup = { ...setup, onFindings: (machine, findings) => this.#found(machine, findings) };
  }

  /** Whether the rows that were made are right. */
  get isGood(): boolean {
    return this.#isGood;
  }

  async take(lines: readonly SampleLine[], order: OrderSoFar): Promise<void> {
    if (!order.isUsable) this.#giveUp();
    if (this.#isGood) this.#begin(lines);
    for (const line of lines) {
      const wait = this.#placeOf(line.machine).add(line);
      if (wait) await wait;
    }
  }

  /** An input has been read to its end. */
  async endInput(read: ReadInput): Promise<void> {
    for (const batches of [...this.#tables.values(), ...this.#batches.values()]) await batches.end();
    await this.#setup.queue.drain();
    for (const { number, problem } of this.#bad) {
      if (!read.badLines.has(number)) noteBadLine(read.damage, number, problem);
      read.badLines.add(number);
    }
    this.#bad = [];
  }

  /** All inputs have been read. @returns the tables; undefined where a second reading must make them */
  finish(): WrittenMachine[] | undefined {
    return this.#isGood ? Array.from(this.#tables.values(), (table) => table.finish()) : undefined;
  }

  discard(): void {
    for (const table of this.#tables.values()) table.discard();
  }

  /** Machines that are new: their fields are taken to be those of these samples. */
  #begin(lines: readonly SampleLine[]): void {
    const { from, to } = this.#setup.selection;
    for (const [machine, own] of Map.groupBy(lines, (line) => line.machine)) {
      const inRange = own.filter(({ timestamp }) => timestamp >= from && timestamp < to);
      if (this.#tables.has(machine) || inRange.length === 0) continue;
      const names = this.#namesOf(machine);
      for (const line of inRange) for (const name of fieldsIn(line)) names.add(name);
      this.#tables.set(machine, new RowTable(machine, [...names], this.#setup));
    }
  }

  #placeOf(machine: string): RowTable | MachineBatches {
    const known = this.#tables.get(machine) ?? this.#batches.get(machine);
    if (known) return known;
    const { queue, selection } = this.#setup;
    const batches = new MachineBatches({
      machine,
      queue,
      selection,
      use: ({ findings }) => this.#found(machine, findings),
    });
    batches.lookForNames();
    this.#batches.set(machine, batches);
    return batches;
  }

  #found(machine: string, { names, bad }: Findings): void {
    const known = this.#namesOf(machine);
    for (const name of names) known.add(name);
    this.#bad.push(...bad);
    if (names.length > 0 || bad.length > 0) this.#giveUp();
  }

  #namesOf(machine: string): Set<string> {
    const names = this.fields.get(machine) ?? new Set();
    this.fields.set(machine, names);
    return names;
  }

  #giveUp(): void {
    if (!this.#isGood) return;
    this.#isGood = false;
    for (const table of this.#tables.values()) table.giveUp(this.#setup.pool);
  }
}

/** Of a line that is none there are none; who reads it for its rows tells what is wrong with it. */
function fieldsIn(line: SampleLine): string[] {
  try {
    return Object.keys(sampleOf(line).fields);
  } catch (error) {
    if (error instanceof LineError) return [];
    throw error;
  }
}
