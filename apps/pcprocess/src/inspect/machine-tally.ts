import { isNa, type RunSample, type Step, Steps } from '@perfcollector/derive';

/** What is known of the samples of one machine in one input. */
export interface InspectedMachine {
  readonly machine: string;
  readonly samples: number;
  /** Unix seconds. */
  readonly first: number | null;
  readonly last: number | null;
  /** Seconds from sample to sample, as most are apart, to two digits; null of fewer than two samples. */
  readonly interval: number | null;
  /** Distances in which samples are missing. */
  readonly gaps: number;
  /** The longest distances of these. */
  readonly longest_gaps: readonly Distance[];
  readonly duplicates: number;
  /** Samples that stand behind later ones. */
  readonly out_of_order: number;
  readonly clock_steps: number;
  readonly suspends: number;
  /** Boots between two samples. */
  readonly resets: number;
}

interface Distance {
  readonly from: number;
  readonly to: number;
  readonly seconds: number;
}

const MOST_GAPS = 20;
/** More than this is no regular sampling; further ones are not told apart. */
const MOST_DISTANCES = 1000;
/** A sample that comes half an interval late has not left one out. */
const GAP = 1.5;

/** Goes through the samples of one machine in the order of the input. */
export class MachineTally {
  readonly #machine: string;
  readonly #steps = new Steps();
  readonly #counts = { out_of_order: 0, clock_step: 0, suspend: 0, reset: 0 };
  #times = { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
  /** How many distances of a length there are, and of those without a header, which tells the interval. */
  readonly #distances = new Map<number, { all: number; unknown: number }>();
  #longest: (Distance & { readonly isGap: boolean | undefined })[] = [];

  constructor(machine: string) {
    this.#machine = machine;
  }

  add(sample: RunSample): void {
    const { timestamp } = sample.sample;
    this.#times.first = Math.min(this.#times.first, timestamp);
    this.#times.last = Math.max(this.#times.last, timestamp);
    this.#note(this.#steps.add(sample), sample.header === undefined);
  }

  report(): InspectedMachine {
    this.#note(this.#steps.end(), this.#isUnknown);
    const { rows, duplicates, gaps } = this.#steps.counts;
    const interval = this.#interval();
    const { out_of_order, clock_step: clock_steps, suspend: suspends, reset: resets } = this.#counts;
    return {
      machine: this.#machine,
      samples: rows,
      first: rows > 0 ? this.#times.first : null,
      last: rows > 0 ? this.#times.last : null,
      interval,
      gaps: gaps + this.#gapsWithoutHeader(interval),
      longest_gaps: this.#longestGaps(interval),
      ...{ duplicates, out_of_order, clock_steps, suspends, resets },
    };
  }

  #isUnknown = false;

  /** @param isUnknown of the sample that comes after the step, which is the one that shows that it is over */
  #note(step: Step | undefined, isUnknown: boolean): void {
    const isStepUnknown = this.#isUnknown;
    this.#isUnknown = isUnknown;
    if (!step?.before) return;
    const { before, now, interval } = step;
    const seconds = now.timestamp - before.timestamp;
    if (seconds <= 0 && !isLater(step)) this.#counts.out_of_order += 1;
    else if (isNa(interval)) this.#countNa(interval.na);
    if (seconds > 0)
      this.#noteDistance(
        { from: before.timestamp, to: now.timestamp, seconds },
        isStepUnknown ? undefined : !isNa(interval) && interval.isGap,
      );
  }

  #countNa(reason: string): void {
    if (reason === 'clock_step' || reason === 'suspend' || reason === 'reset') this.#counts[reason] += 1;
  }

  #noteDistance(distance: Distance, isGap: boolean | undefined): void {
    const length = Number(distance.seconds.toPrecision(2));
    const count = this.#distances.get(length) ?? { all: 0, unknown: 0 };
    if (this.#distances.size < MOST_DISTANCES) this.#distances.set(length, count);
    count.all += 1;
    if (isGap === undefined) count.unknown += 1;
    const shortest = this.#longest.at(-1);
    if (isGap === false || (shortest && this.#longest.length >= MOST_GAPS && shortest.seconds >= distance.seconds))
      return;
    this.#longest = [...this.#longest, { ...distance, isGap }]
      .toSorted((a, b) => b.seconds - a.seconds)
      .slice(0, MOST_GAPS);
  }

  #interval(): number | null {
    const [most] = [...this.#distances].toSorted(([, a], [, b]) => b.all - a.all);
    return most ? most[0] : null;
  }

  #gapsWithoutHeader(interval: number | null): number {
    if (interval === null) return 0;
    const long = [...this.#distances].filter(([seconds]) => seconds > GAP * interval);
    return long.reduce((sum, [, { unknown }]) => sum + unknown, 0);
  }

  #longestGaps(interval: number | null): Distance[] {
    const isGap = (one: { seconds: number; isGap: boolean | undefined }) =>
      one.isGap ?? (interval !== null && one.seconds > GAP * interval);
    return this.#longest
      .filter(isGap)
      .map(({ from, to, seconds }) => ({ from, to, seconds: Math.round(seconds * 1000) / 1000 }));
  }
}

/** The agent took it later, whatever its clock said. */
function isLater({ before, now }: Step): boolean {
  return before?.run !== undefined && before.run === now.run && (now.seq ?? 0) > (before.seq ?? 0);
}
