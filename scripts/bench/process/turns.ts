import type { Bench } from '../agent-run.ts';
import { median } from '../statistics.ts';
import type { Collection } from './collection.ts';
import { type Conversion, type Converter, type Csv, convertOnce } from './run-measured.ts';

interface Turn {
  readonly converter: Converter;
  readonly collection: Collection;
}

/** One converter's runs with one collection, and their middle. */
export interface Rounds {
  readonly name: string;
  readonly runs: readonly Conversion[];
  readonly wallSeconds: number;
  /** Of the run that others on the machine slowed down the least. */
  readonly leastWallSeconds: number;
  readonly cpuSeconds: number;
  /** The highest of all runs. */
  readonly peakMb: number;
  readonly csv: Csv;
}

/** A B C A B C …, and the medians: the speed of a shared machine drifts. */
export async function takeTurns(bench: Bench, turns: readonly Turn[], count: number): Promise<Rounds[]> {
  const runs: Conversion[][] = turns.map(() => []);
  for (let round = 0; round < count; round++) {
    for (const [at, { converter, collection }] of turns.entries()) {
      runs[at]?.push(await convertOnce(bench, converter, collection));
    }
  }
  return turns.map(({ converter }, at) => summarize(converter.name, runs[at] ?? []));
}

function summarize(name: string, runs: readonly Conversion[]): Rounds {
  const [first] = runs;
  if (!first) throw new Error('BUG: there is at least one round');
  return {
    name,
    runs,
    wallSeconds: median(runs.map(({ wallSeconds }) => wallSeconds)),
    leastWallSeconds: Math.min(...runs.map(({ wallSeconds }) => wallSeconds)),
    cpuSeconds: median(runs.map(({ cpuSeconds }) => cpuSeconds)),
    peakMb: Math.max(...runs.map(({ peakMb }) => peakMb)),
    csv: first.csv,
  };
}
