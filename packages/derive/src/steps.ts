import { type Header, mergeSamples, type Sample } from '@perfcollector/collection';
import type { Step } from './derive-rows.ts';
import { intervalBetween } from './interval.ts';
import { isNa } from './na.ts';

/** A sample, and what its run's header said. */
export interface RunSample {
  readonly sample: Sample;
  readonly header: Header | undefined;
}

/** What was noticed on the way. */
export interface StepCounts {
  readonly rows: number;
  /** Samples that were there twice. */
  readonly duplicates: number;
  /** Intervals in which ticks are missing: their rates are means over a longer time. */
  readonly gaps: number;
  /** Samples that stand after later ones; what is derived of them is NA. */
  readonly outOfOrder: number;
}

/** How many runs of one machine may go on side by side, each with its own intervals. */
const RUNS_SIDE_BY_SIDE = 8;

/** Pairs the samples of one machine, as they come, with those before them in their runs. */
export class Steps {
  /** The last sample of each run, the newest run last. */
  readonly #last = new Map<string, Sample>();
  /** Held back until the next one shows that nothing more of its timestamp comes. */
  #held: RunSample | undefined;
  #counts = { rows: 0, duplicates: 0, gaps: 0, outOfOrder: 0 };

  get counts(): StepCounts {
    return this.#counts;
  }

  /** The step to the sample before this one; undefined where there is none yet, or both are of one timestamp. */
  add(next: RunSample): Step | undefined {
    const held = this.#held;
    if (held?.sample.timestamp === next.sample.timestamp) {
      this.#held = this.#merge(held, next);
      return undefined;
    }
    this.#held = next;
    return held && this.#stepTo(held);
  }

  /** The step to the last sample; undefined where there was none. */
  end(): Step | undefined {
    return this.#held && this.#stepTo(this.#held);
  }

  #merge(held: RunSample, next: RunSample): RunSample {
    const sample = mergeSamples(held.sample, next.sample);
    if (!sample) this.#counts.duplicates += 1;
    return sample ? { ...held, sample } : held;
  }

  #stepTo({ sample, header }: RunSample): Step {
    const before = this.#before(sample);
    const { clock_ticks: clockTicks, cpus } = header?.host ?? {};
    const interval = intervalBetween(before, sample, { interval: header?.interval, clockTicks, cpus });
    this.#counts.rows += 1;
    if (!isNa(interval) && interval.isGap) this.#counts.gaps += 1;
    if (before && before.timestamp > sample.timestamp) this.#counts.outOfOrder += 1;
    this.#remember(sample);
    return { before, now: sample, interval };
  }

  /** The sample before this one of its own run; a run's first sample goes on from the run before it. */
  #before(sample: Sample): Sample | undefined {
    return this.#last.get(sample.run ?? '') ?? [...this.#last.values()].at(-1);
  }

  #remember(sample: Sample): void {
    const run = sample.run ?? '';
    this.#last.delete(run);
    this.#last.set(run, sample);
    const [oldest] = this.#last.keys();
    if (this.#last.size > RUNS_SIDE_BY_SIDE && oldest !== undefined) this.#last.delete(oldest);
  }
}
