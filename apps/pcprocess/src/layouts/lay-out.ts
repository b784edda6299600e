import { intervalBetween, isNa, type Pair, Pairing } from '@perfcollector/derive';
import { Cadence } from '../convert/cadence.ts';
import { FieldSurvey } from '../convert/field-survey.ts';
import { pairingRules } from '../convert/machine-batches.ts';
import { openPool, type Pool } from '../engine/pool.ts';
import { BatchQueue } from '../engine/queue.ts';
import { type FirstReading, readFirst } from '../input/first-reading.ts';
import { readInOrder } from '../input/in-order.ts';
import { type Input, sizeOf } from '../input/input.ts';
import type { Selection } from '../input/options.ts';
import { type SampleLine, sampleOf } from '../input/sample-line.ts';
import type { MachineStep, MachineTables, WrittenMachine } from './layout.ts';

/** What is to be made of collections. */
export interface LayoutJob {
  readonly inputs: readonly Input[];
  readonly selection: Selection;
  readonly signal: AbortSignal;
  /** Where samples that are out of order are put aside. */
  readonly directory: string;
  /** The tables of one machine, made when its first sample comes. */
  readonly tablesOf: (machine: string, isOneOfMany: boolean) => MachineTables;
  /** The inputs are read, from their beginning. */
  readonly onReading: () => void;
  readonly onBytes: (bytes: number) => void;
  /** The next sample of a machine goes into its tables. */
  readonly onStep: (machine: string, step: MachineStep) => void;
}

export interface LaidOut {
  readonly machines: readonly WrittenMachine[];
  readonly reading: FirstReading;
}

/**
 * Makes the tables of every machine from whole samples, in constant memory: the inputs are read once to know what is in them,
 * once more for a layout that must see all samples first, and once for the rows.
 * @throws UserError where they cannot be written; nothing stays then
 */
export async function layOut(job: LayoutJob): Promise<LaidOut> {
  const { reading, machines: names } = await survey(job);
  const machines = new Map<string, MachineSteps>();
  try {
    for (const name of names) {
      const steps = new MachineSteps(job.tablesOf(name, names.length > 1), { reading, job, name });
      machines.set(name, steps);
    }
    if ([...machines.values()].some(({ wantsSurvey }) => wantsSurvey)) await feed(job, reading, machines);
    for (const steps of machines.values()) steps.beginRows();
    await feed(job, reading, machines);
    const written: WrittenMachine[] = [];
    for (const steps of machines.values()) written.push(await steps.finish());
    return { machines: written, reading };
  } catch (error) {
    for (const steps of machines.values()) steps.discard();
    throw error;
  }
}

async function survey(job: LayoutJob): Promise<{ reading: FirstReading; machines: string[] }> {
  const { inputs, selection, signal, onReading, onBytes } = job;
  onReading();
  const pool: Pool = openPool(sizeOf(inputs));
  try {
    const fields = new FieldSurvey({ queue: new BatchQueue(pool), selection });
    const reading = await readFirst(inputs, {
      selection,
      signal,
      onBytes,
      take: (lines) => fields.take(lines),
      endInput: (read) => fields.endInput(read),
    });
    return { reading, machines: [...fields.fields.keys()] };
  } finally {
    pool.close();
  }
}

async function feed(
  { selection, signal, directory, onReading, onBytes }: LayoutJob,
  reading: FirstReading,
  machines: ReadonlyMap<string, MachineSteps>,
): Promise<void> {
  onReading();
  for await (const lines of readInOrder(reading, { selection, directory, signal, onBytes })) {
    signal.throwIfAborted();
    for (const line of lines) await machines.get(line.machine)?.add(line);
  }
  for (const steps of machines.values()) await steps.end();
}

interface StepsOf {
  readonly reading: FirstReading;
  readonly job: LayoutJob;
  readonly name: string;
}

/** The samples of one machine on their way into its tables. */
class MachineSteps {
  readonly #tables: MachineTables;
  readonly #of: StepsOf;
  #pairing = new Pairing(pairingRules(() => {}));
  #cadence = new Cadence();
  #last: { line: SampleLine; sample: MachineStep['now'] }[] = [];
  #isSurvey: boolean;
  #gaps = 0;
  #rows = 0;

  constructor(tables: MachineTables, of: StepsOf) {
    this.#tables = tables;
    this.#of = of;
    this.#isSurvey = tables.survey !== undefined;
  }

  get wantsSurvey(): boolean {
    return this.#tables.survey !== undefined;
  }

  beginRows(): void {
    this.#isSurvey = false;
    this.#pairing = new Pairing(pairingRules(() => {}));
    this.#cadence = new Cadence();
    this.#last = [];
  }

  async add(line: SampleLine): Promise<void> {
    await this.#take(this.#pairing.add(line));
  }

  async end(): Promise<void> {
    await this.#take(this.#pairing.end());
  }

  async finish(): Promise<WrittenMachine> {
    const files = await this.#tables.finish();
    const columns = files.reduce((sum, { fields }) => sum + fields.length, 0);
    return { machine: this.#of.name, files, rows: this.#rows, columns, gaps: this.#gaps, ...this.#pairing.counts };
  }

  discard(): void {
    this.#tables.discard();
  }

  async #take(pair: Pair<SampleLine> | undefined): Promise<void> {
    if (!pair) return;
    const step = this.#stepOf(pair);
    const { from, to } = this.#of.job.selection;
    if (step.now.timestamp < from || step.now.timestamp >= to) return;
    if (this.#isSurvey) {
      this.#tables.survey?.(step);
      return;
    }
    this.#rows += 1;
    this.#of.job.onStep(this.#of.name, step);
    if (!isNa(step.interval) && step.interval.isGap) this.#gaps += 1;
    await this.#tables.add(step);
  }

  #stepOf(pair: Pair<SampleLine>): MachineStep {
    const { before, now } = pair;
    const [first, second] = [before && this.#sampleOf(before), this.#sampleOf(now)];
    const interval = intervalBetween(first, second, this.#cadence.next(pair));
    const processors = this.#of.reading.processors.get(now.machine);
    return { before: first, now: second, interval, header: now.header, processors };
  }

  /** A sample that was `now` is `before` the next time. */
  #sampleOf(line: SampleLine): MachineStep['now'] {
    const known = this.#last.find((one) => one.line === line);
    if (known) return known.sample;
    const sample = sampleOf(line);
    this.#last = [...this.#last.slice(-1), { line, sample }];
    return sample;
  }
}
