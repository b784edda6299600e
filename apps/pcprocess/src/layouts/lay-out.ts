import { type Step, Steps } from '@perfcollector/derive';
import { type MachineSample, readSamples } from '../input/input.ts';
import { mergeByTime } from '../input/merge-by-time.ts';
import type { Selection } from '../input/options.ts';
import type { Survey } from '../input/survey.ts';
import type { MachineStep, MachineTables, TableFile } from './layout.ts';

/** What is to be made of collections. */
export interface LayoutJob {
  readonly survey: Survey;
  readonly selection: Selection;
  readonly signal: AbortSignal;
  /** The tables of one machine, made when its first sample comes. */
  readonly tablesOf: (machine: string) => MachineTables;
}

/**
 * Writes the tables of every machine in constant memory: the inputs are read once for each layout that must see all of
 * it first, and once for the rows.
 * @throws UserError where they cannot be written; nothing stays then
 */
export async function layOut(job: LayoutJob): Promise<readonly TableFile[]> {
  const machines = new Map<string, MachineTables>();
  for (const machine of job.survey.fields.keys())
    if (job.selection.isMachine(machine)) machines.set(machine, job.tablesOf(machine));
  try {
    const surveyed = [...machines].filter(([, tables]) => tables.survey);
    if (surveyed.length > 0) for await (const { machine, step } of stepsOf(job)) machines.get(machine)?.survey?.(step);
    for await (const { machine, step } of stepsOf(job)) await machines.get(machine)?.add(step);
    const files: TableFile[] = [];
    for (const tables of machines.values()) files.push(...(await tables.finish()));
    return files;
  } catch (error) {
    for (const tables of machines.values()) tables.discard();
    throw error;
  }
}

interface OfMachine {
  readonly machine: string;
  readonly step: MachineStep;
}

async function* stepsOf({ survey, selection, signal }: LayoutJob): AsyncGenerator<OfMachine> {
  const machines = new Map<string, MachineSteps>();
  for await (const next of mergeByTime(streamsOf(survey))) {
    signal.throwIfAborted();
    if (!selection.isMachine(next.machine) || !selection.isRun(next.sample.run)) continue;
    const steps = machines.get(next.machine) ?? new MachineSteps(next.machine);
    machines.set(next.machine, steps);
    yield* inTime(steps.add(next), selection);
  }
  for (const steps of machines.values()) yield* inTime(steps.end(), selection);
}

function* inTime(found: OfMachine | undefined, { from, to }: Selection): Generator<OfMachine> {
  if (found && found.step.now.timestamp >= from && found.step.now.timestamp < to) yield found;
}

/** The steps of one machine, each with what is known of its host: a step comes when the sample after it is there. */
class MachineSteps {
  readonly #machine: string;
  readonly #steps = new Steps();
  #held: MachineSample | undefined;

  constructor(machine: string) {
    this.#machine = machine;
  }

  add(next: MachineSample): OfMachine | undefined {
    const step = this.#with(this.#steps.add(next));
    this.#held = next;
    return step;
  }

  end(): OfMachine | undefined {
    return this.#with(this.#steps.end());
  }

  #with(step: Step | undefined): OfMachine | undefined {
    const { header, processors } = this.#held ?? {};
    return step && { machine: this.#machine, step: { ...step, header, processors } };
  }
}

function streamsOf({ inputs }: Survey) {
  return inputs.flatMap(({ input, first }) => (first === undefined ? [] : [{ first, open: () => readSamples(input) }]));
}
