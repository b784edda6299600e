import { factsOf, type Pair, type RunFacts } from '@perfcollector/derive';
import type { SampleLine } from '../input/sample-line.ts';

/** So many distances tell what is usual. */
const RECENT = 15;
/** Fewer tell nothing. */
const LEAST = 2;

/**
 * What is known of the run of each sample of a machine, as they come in the order of time. perfcollector2's lines have no
 * header that tells how far apart samples are: what is usual is seen from those before, so that missed ones are noticed.
 */
export class Cadence {
  readonly #recent: number[] = [];

  next({ before, now }: Pair<SampleLine>): RunFacts {
    if (now.header) return factsOf(now.header);
    const interval = this.#usual();
    if (before && now.timestamp > before.timestamp) this.#note(now.timestamp - before.timestamp);
    return interval === undefined ? {} : { interval };
  }

  /** In the middle, so that a gap or a sample out of turn changes nothing. */
  #usual(): number | undefined {
    if (this.#recent.length < LEAST) return undefined;
    const sorted = this.#recent.toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
  }

  #note(seconds: number): void {
    this.#recent.push(seconds);
    if (this.#recent.length > RECENT) this.#recent.shift();
  }
}
