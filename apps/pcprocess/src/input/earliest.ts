/** Keeps the first of many at hand while it changes and others come: a heap. */
export class Earliest<T> {
  readonly #items: T[] = [];
  readonly #isBefore: (a: T, b: T) => boolean;

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  /** The one that would be the first without it. */
  get second(): T | undefined {
    const [, left, right] = this.#items;
    return left && right && this.#isBefore(right, left) ? right : left;
  }

  /** In no order. */
  get all(): readonly T[] {
    return this.#items;
  }

  add(item: T): void {
    this.#items.push(item);
    for (let at = this.#items.length - 1; at > 0; ) {
      const above = (at - 1) >> 1;
      if (!this.#swapIfBefore(at, above)) return;
      at = above;
    }
  }

  removeFirst(): void {
    const last = this.#items.pop();
    if (last === undefined || this.#items.length === 0) return;
    this.#items[0] = last;
    this.firstChanged();
  }

  /** Brings the first one to its place, which may be another now. */
  firstChanged(): void {
    for (let at = 0; ; ) {
      const [left, right] = [this.#items[2 * at + 1], this.#items[2 * at + 2]];
      if (left === undefined) return;
      const below = right !== undefined && this.#isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
      if (!this.#swapIfBefore(below, at)) return;
      at = below;
    }
  }

  #swapIfBefore(at: number, above: number): boolean {
    const [lower, upper] = [this.#items[at], this.#items[above]];
    if (lower === undefined || upper === undefined || !this.#isBefore(lower, upper)) return false;
    this.#items[above] = lower;
    this.#items[at] = upper;
    return true;
  }
}
