import { LineError } from '@perfcollector/collection';
import type { Findings } from '../engine/rows-of-batch.ts';
import type { OrderSoFar, ReadInput } from '../input/first-reading.ts';
import { type SampleLine, sampleOf } from '../input/sample-line.ts';
import type { WrittenMachine } from '../layouts/layout.ts';
import { FieldSurvey } from './field-survey.ts';
import { type RowSetup, RowTable } from './row-table.ts';

/**
 * The fields that a machine has are nearly always those of its first samples: so rows are made on the first reading as if
 * they were. Where that holds, one reading is enough. As soon as something else comes (another field, a bad line,
 * disorder), these rows are given up, and a second reading makes them.
 */
export class Draft {
  readonly #setup: RowSetup;
  readonly #survey: FieldSurvey;
  readonly #tables = new Map<string, RowTable>();
  #isGood: boolean;

  /** @param isWanted whether rows may come of it at all */
  constructor(setup: RowSetup, isWanted: boolean) {
    this.#isGood = isWanted;
    this.#survey = new FieldSurvey(setup);
    this.#setup = { ...setup, onFindings: (machine, findings) => this.#found(machine, findings) };
  }

  /** Of each machine, the names of all fields that any of its samples has, however late. */
  get fields(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#survey.fields;
  }

  async take(lines: readonly SampleLine[], order: OrderSoFar): Promise<void> {
    if (!order.isUsable) this.#giveUp();
    if (this.#isGood) this.#begin(lines);
    for (const line of lines) {
      const wait = (this.#tables.get(line.machine) ?? this.#survey).add(line);
      if (wait) await wait;
    }
  }

  async endInput(read: ReadInput): Promise<void> {
    for (const table of this.#tables.values()) await table.end();
    await this.#survey.endInput(read);
    if (read.badLines.size > 0) this.#giveUp(); // rows may go on from what turned out to be none
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
      const names = this.#survey.namesOf(machine);
      for (const line of inRange.slice(0, FIRST_SAMPLES)) for (const name of fieldsIn(line)) names.add(name);
      const succession = this.#survey.handOver(machine);
      this.#tables.set(machine, new RowTable(machine, [...names], { ...this.#setup, succession }));
    }
  }

  #found(machine: string, findings: Findings): void {
    this.#survey.note(machine, findings);
    if (findings.names.length > 0 || findings.bad.length > 0) this.#giveUp();
  }

  #giveUp(): void {
    if (!this.#isGood) return;
    this.#isGood = false;
    for (const table of this.#tables.values()) table.giveUp(this.#setup.pool);
  }
}

/** What a first tick has not yet, later ones have: so many are looked at. */
const FIRST_SAMPLES = 16;

/** Of a line that is none there are none; who reads it for its rows tells what is wrong with it. */
function fieldsIn(line: SampleLine): string[] {
  try {
    return Object.keys(sampleOf(line).fields);
  } catch (error) {
    if (error instanceof LineError) return [];
    throw error;
  }
}
