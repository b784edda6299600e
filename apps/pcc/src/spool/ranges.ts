export type Range = readonly [start: number, end: number];

/** A set of places in a file, as ranges that are sorted and do not touch; an end is the first place behind. */
export class Ranges {
  #ranges: Range[];

  constructor(ranges: readonly Range[] = []) {
    this.#ranges = [];
    for (const [start, end] of ranges) this.add(start, end);
  }

  get list(): readonly Range[] {
    return this.#ranges;
  }

  /** How many places are in it. */
  get size(): number {
    return this.#ranges.reduce((sum, [start, end]) => sum + end - start, 0);
  }

  add(start: number, end: number): void {
    if (start >= end) return;
    const before = this.#ranges.filter((range) => range[1] < start);
    const after = this.#ranges.filter((range) => range[0] > end);
    const touched = this.#ranges.slice(before.length, this.#ranges.length - after.length);
    const from = Math.min(start, touched.at(0)?.[0] ?? start);
    const to = Math.max(end, touched.at(-1)?.[1] ?? end);
    this.#ranges = [...before, [from, to], ...after];
  }

  remove(start: number, end: number): void {
    if (start >= end) return;
    this.#ranges = this.#ranges.flatMap(([from, to]): Range[] => {
      if (to <= start || from >= end) return [[from, to]];
      return [
        ...(from < start ? ([[from, start]] as const) : []), //
        ...(to > end ? ([[end, to]] as const) : []),
      ];
    });
  }

  /** Whether it holds any place from `start` to before `end`. */
  touches(start: number, end: number): boolean {
    return start < end && this.#ranges.some(([from, to]) => from < end && to > start);
  }

  /** The first range between the two that is not in it. */
  firstGap(start: number, end: number): Range | undefined {
    let at = start;
    for (const [from, to] of this.#ranges) {
      if (to <= at) continue;
      if (from > at) return at < end ? [at, Math.min(from, end)] : undefined;
      at = to;
    }
    return at < end ? [at, end] : undefined;
  }
}
