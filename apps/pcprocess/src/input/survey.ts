import { codeOf, explain, systemError } from '@perfcollector/cli';
import { type Damage, noDamage } from '@perfcollector/collection';
import { type Input, readSamples } from './input.ts';

/** What the first reading of the inputs has found. */
export interface Survey {
  readonly inputs: readonly SurveyedInput[];
  /** The names of all fields that any sample of a machine has, however late, by machine. */
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>;
}

interface SurveyedInput {
  readonly input: Input;
  readonly samples: number;
  /** Earliest timestamp; undefined where there is no sample. */
  readonly first: number | undefined;
  readonly damage: Damage;
}

/** Reads every input once, for the columns of each machine and the time at which each input begins. */
export async function surveyInputs(inputs: readonly Input[], signal: AbortSignal): Promise<Survey> {
  const fields = new Map<string, Set<string>>();
  const surveyed: SurveyedInput[] = [];
  for (const input of inputs) surveyed.push(await surveyOne(input, fields, signal));
  return { inputs: surveyed, fields };
}

async function surveyOne(input: Input, fields: Map<string, Set<string>>, signal: AbortSignal): Promise<SurveyedInput> {
  const damage = noDamage();
  let samples = 0;
  let first: number | undefined;
  try {
    for await (const { machine, sample } of readSamples(input, damage)) {
      signal.throwIfAborted();
      samples += 1;
      first = Math.min(first ?? sample.timestamp, sample.timestamp);
      const names = fields.get(machine) ?? new Set();
      fields.set(machine, names);
      for (const name in sample.fields) names.add(name);
    }
  } catch (error) {
    // A file that cannot be opened does not keep the others from being converted.
    if (codeOf(error) === undefined) throw error;
    damage.broken = explain(systemError(`read ${input.name}`, error));
  }
  return { input, samples, first, damage };
}
