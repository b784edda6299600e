import type { SeqRange } from '@perfcollector/storage/runs';

type Range = { -readonly [K in keyof SeqRange]: SeqRange[K] };

/** More holes than this in one run are counted and no longer told apart. */
const MOST = 10_000;

/** The `seq`s of one run as they come by, in memory that does not grow with them. */
export class SeqRanges {
  readonly #ranges: Range[] = [];
  readonly #most: number;
  /** Of `seq`s that had come before. */
  duplicates = 0;
  /** `seq`s that are missing in ranges that were put together for there were too many. */
  filled = 0;

  constructor(most = MOST) {
    this.#most = most;
  }

  /** In order. */
  get all(): readonly SeqRange[] {
    return this.#ranges;
  }

  /** @param ms Unix milliseconds */
  add(seq: number, ms: number): void {
    const last = this.#ranges.at(-1);
    if (last?.last === seq - 1) {
      last.last = seq;
      last.last_ms = ms;
    } else if (!last || seq > last.last) this.#insert(this.#ranges.length, seq, ms);
    else this.#addEarlier(seq, ms);
  }

  #addEarlier(seq: number, ms: number): void {
    const at = this.#placeOf(seq);
    const [before, after] = [this.#ranges[at - 1], this.#ranges[at]];
    if (after && after.first <= seq) this.duplicates += 1;
    else if (before?.last === seq - 1) {
      before.last = seq;
      before.last_ms = ms;
      if (after?.first === seq + 1) this.#join(at - 1);
    } else if (after?.first === seq + 1) {
      after.first = seq;
      after.first_ms = ms;
    } else this.#insert(at, seq, ms);
  }

  #insert(at: number, seq: number, ms: number): void {
    this.#ranges.splice(at, 0, { first: seq, last: seq, first_ms: ms, last_ms: ms });
    if (this.#ranges.length > this.#most) this.filled += this.#join(0);
  }

  /** Makes one of the range at this place and the next. Returns how many are missing between them. */
  #join(at: number): number {
    const [range, next] = [this.#ranges[at], this.#ranges[at + 1]];
    if (!range || !next) return 0;
    const missing = next.first - range.last - 1;
    range.last = next.last;
    range.last_ms = next.last_ms;
    this.#ranges.splice(at + 1, 1);
    return missing;
  }

  /** Of the first range that does not end before it. */
  #placeOf(seq: number): number {
    let [low, high] = [0, this.#ranges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ranges[middle]?.last ?? 0) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
