/** Something of one moment of one machine: a sample, or its text. */
export interface Timed {
  /** Unix seconds. */
  readonly timestamp: number;
  /** What it goes on from: its run, or a part of one where the clock was set back in it. */
  readonly lineage: string;
}

/** Two that follow one another in a run. */
export interface Pair<T> {
  readonly before: T | undefined;
  readonly now: T;
}

/** What was noticed on the way. */
export interface PairCounts {
  /** Samples that were there twice. */
  readonly duplicates: number;
  /** Samples that stand after later ones; what is derived of them is NA. */
  readonly outOfOrder: number;
}

/** What becomes of those of one timestamp. */
export interface PairingRules<T> {
  /** @returns both as one; undefined where the second adds nothing */
  readonly merge: (first: T, second: T) => T | undefined;
  /** Which of them is taken before the other, however they came. */
  readonly compare?: (a: T, b: T) => number;
}

/** How many runs of one machine may go on side by side, each with its own intervals. */
const RUNS_SIDE_BY_SIDE = 8;

/** Pairs the samples of one machine, as they come, with those before them in their runs. */
export class Pairing<T extends Timed> {
  readonly #rules: PairingRules<T>;
  /** The last of each lineage, the newest last. */
  readonly #last = new Map<string, T>();
  /** Those of one timestamp, held back until the next one shows that no more of them come. */
  #held: T[] = [];
  #counts = { duplicates: 0, outOfOrder: 0 };

  constructor(rules: PairingRules<T>) {
    this.#rules = rules;
  }

  get counts(): PairCounts {
    return this.#counts;
  }

  /** The pair of the one before this one; undefined where there is none yet, or both are of one timestamp. */
  add(next: T): Pair<T> | undefined {
    const isSame = this.#held[0]?.timestamp === next.timestamp;
    const pair = isSame ? undefined : this.end();
    this.#held.push(next);
    return pair;
  }

  /** The pair of the last one; undefined where there was none. */
  end(): Pair<T> | undefined {
    const [first, ...more] = this.#held;
    this.#held = [];
    return first && this.#pairOf(more.length === 0 ? first : this.#merged(first, more));
  }

  /** Has what is remembered in another form from now on: one that holds on to less. */
  exchange(formOf: (one: T) => T): void {
    for (const [lineage, one] of this.#last) this.#last.set(lineage, formOf(one));
    this.#held = this.#held.map(formOf);
  }

  #merged(first: T, more: readonly T[]): T {
    const [best = first, ...rest] = [first, ...more].toSorted(this.#rules.compare ?? asTheyCame);
    return rest.reduce((whole, next) => {
      const merged = this.#rules.merge(whole, next);
      if (!merged) this.#counts.duplicates += 1;
      return merged ?? whole;
    }, best);
  }

  #pairOf(now: T): Pair<T> {
    const before = this.#last.get(now.lineage) ?? [...this.#last.values()].at(-1);
    if (before && before.timestamp > now.timestamp) this.#counts.outOfOrder += 1;
    this.#remember(now);
    return { before, now };
  }

  #remember(now: T): void {
    this.#last.delete(now.lineage);
    this.#last.set(now.lineage, now);
    const [oldest] = this.#last.keys();
    if (this.#last.size > RUNS_SIDE_BY_SIDE && oldest !== undefined) this.#last.delete(oldest);
  }
}

function asTheyCame(): number {
  return 0;
}
