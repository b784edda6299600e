/** Remembers what can be found anew: beyond a weight it forgets everything and begins again. */
export class WeighedMap<K, V> {
  readonly #most: number;
  readonly #weightOf: (value: V) => number;
  readonly #values = new Map<K, V>();
  #weight = 0;

  /** @param weightOf about how many bytes a value holds; each place counts for some itself */
  constructor(most: number, weightOf: (value: V) => number) {
    this.#most = most;
    this.#weightOf = (value) => PLACE_BYTES + weightOf(value);
  }

  get(key: K): V | undefined {
    return this.#values.get(key);
  }

  /** What alone weighs too much is not remembered. */
  set(key: K, value: V): void {
    this.delete(key);
    const weight = this.#weightOf(value);
    if (this.#weight + weight > this.#most) this.clear();
    if (weight > this.#most) return;
    this.#values.set(key, value);
    this.#weight += weight;
  }

  delete(key: K): void {
    const value = this.#values.get(key);
    if (value !== undefined && this.#values.delete(key)) this.#weight -= this.#weightOf(value);
  }

  clear(): void {
    this.#values.clear();
    this.#weight = 0;
  }
}

/** A place in the map, and a key of usual length. */
const PLACE_BYTES = 512;
