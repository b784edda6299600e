import { quantileOf } from './quantile.ts';
import { Sketch } from './sketch.ts';

/** Many metrics have few values, most of them 0: so many are counted instead of kept. */
const MOST_DISTINCT = 256;
const BLOCK = 4096;

/** What all metrics together may keep, in values. */
export class Budget {
  #left: number;

  constructor(values: number) {
    this.#left = values;
  }

  /** @returns whether there is room for so many */
  take(values: number): boolean {
    if (values > this.#left) return false;
    this.#left -= values;
    return true;
  }

  giveBack(values: number): void {
    this.#left += values;
  }
}

/**
 * The values of one metric, for their quantiles: exact while they are few kinds or the budget has room for all of them; else
 * within a known error.
 */
export class MetricValues {
  readonly #budget: Budget;
  #counts: Map<number, number> | undefined = new Map();
  #blocks: Float64Array[] = [];
  /** Used of the last block. */
  #used = BLOCK;
  #sketch: Sketch | undefined;
  #count = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  get isApproximate(): boolean {
    return this.#sketch !== undefined;
  }

  add(value: number): void {
    this.#count += 1;
    if (this.#counts) this.#addCount(this.#counts, value);
    else if (this.#sketch) this.#sketch.add(value);
    else this.#keep(value);
  }

  /** @param probabilities in order; there is at least one value */
  quantiles(probabilities: readonly number[]): number[] {
    if (this.#sketch) return this.#sketch.quantiles(probabilities);
    const sorted = this.#all().sort();
    return probabilities.map((probability) => quantileOf(sorted, probability));
  }

  /** The values are needed no more. */
  release(): void {
    this.#budget.giveBack(this.#blocks.length * BLOCK);
    this.#blocks = [];
  }

  #addCount(counts: Map<number, number>, value: number): void {
    counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size <= MOST_DISTINCT) return;
    this.#counts = undefined;
    for (const [known, times] of counts) for (let time = 0; time < times && !this.#sketch; time += 1) this.#keep(known);
    if (this.#sketch) this.#sketch = sketchOf(counts); // there was no room for all of them
  }

  #keep(value: number): void {
    if (this.#used === BLOCK && !this.#begin()) {
      this.#sketchBlocks(value);
      return;
    }
    const block = this.#blocks.at(-1) as Float64Array;
    block[this.#used++] = value;
  }

  #begin(): boolean {
    if (!this.#budget.take(BLOCK)) return false;
    this.#blocks.push(new Float64Array(BLOCK));
    this.#used = 0;
    return true;
  }

  #sketchBlocks(value: number): void {
    const sketch = new Sketch();
    for (const block of this.#blocks) for (const kept of block) sketch.add(kept);
    sketch.add(value);
    this.release();
    this.#sketch = sketch;
  }

  #all(): Float64Array {
    const all = new Float64Array(this.#count);
    let at = 0;
    for (const [value, times] of this.#counts ?? []) {
      all.fill(value, at, at + times);
      at += times;
    }
    for (const block of this.#blocks) {
      const used = block === this.#blocks.at(-1) ? this.#used : BLOCK;
      all.set(block.subarray(0, used), at);
      at += used;
    }
    return all;
  }
}

function sketchOf(counts: ReadonlyMap<number, number>): Sketch {
  const sketch = new Sketch();
  for (const [value, times] of counts) sketch.add(value, times);
  return sketch;
}
