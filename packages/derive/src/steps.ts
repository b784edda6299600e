import { type Header, mergeSamples, type Sample } from '@perfcollector/collection';
import type { Step } from './derive-rows.ts';
import { intervalBetween, type RunFacts } from './interval.ts';
import { isNa } from './na.ts';
import { type Pair, type PairCounts, Pairing, type Timed } from './pairing.ts';

/** A sample, and what its run's header said. */
export interface RunSample {
  readonly sample: Sample;
  readonly header: Header | undefined;
}

/** What was noticed on the way. */
export interface StepCounts extends PairCounts {
  readonly rows: number;
  /** Intervals in which ticks are missing: their rates are means over a longer time. */
  readonly gaps: number;
}

interface Held extends RunSample, Timed {}

/** Pairs the samples of one machine, as they come, with those before them in their runs. */
export class Steps {
  readonly #pairing = new Pairing<Held>({
    merge: (first, second) => {
      const sample = mergeSamples(first.sample, second.sample);
      return sample && { ...first, sample };
    },
  });
  #rows = 0;
  #gaps = 0;

  get counts(): StepCounts {
    return { rows: this.#rows, gaps: this.#gaps, ...this.#pairing.counts };
  }

  /** The step to the sample before this one; undefined where there is none yet, or both are of one timestamp. */
  add(next: RunSample): Step | undefined {
    const { timestamp, run } = next.sample;
    const pair = this.#pairing.add({ ...next, timestamp, lineage: run ?? '' });
    return pair && this.#stepOf(pair);
  }

  /** The step to the last sample; undefined where there was none. */
  end(): Step | undefined {
    const pair = this.#pairing.end();
    return pair && this.#stepOf(pair);
  }

  #stepOf({ before, now }: Pair<Held>): Step {
    const interval = intervalBetween(before?.sample, now.sample, factsOf(now.header));
    this.#rows += 1;
    if (!isNa(interval) && interval.isGap) this.#gaps += 1;
    return { before: before?.sample, now: now.sample, interval };
  }
}

/** What intervals need of a run's header. */
export function factsOf(header: Header | undefined): RunFacts {
  const { clock_ticks: clockTicks, cpus } = header?.host ?? {};
  return { interval: header?.interval, clockTicks, cpus };
}
