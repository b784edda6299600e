/** So many stretches at most; half as many at least, once there are enough values. */
const MOST = 128;
/** A stretch has so many values at least, on average. */
const VALUES_EACH = 1.5;

/** How a metric goes over the time: means over stretches of equal length, which grow with the time that there is. */
export class Course {
  readonly #sums = new Float64Array(MOST);
  readonly #counts = new Uint32Array(MOST);
  #start: number | undefined;
  /** Seconds. */
  #width = 1e-3;
  #used = 0;
  #values = 0;

  /** @param time not before that of the first value; Unix seconds */
  add(time: number, value: number): void {
    this.#start ??= time;
    while (time - this.#start >= this.#width * MOST) this.#fold();
    this.#values += 1;
    const at = Math.max(0, Math.floor((time - this.#start) / this.#width));
    this.#sums[at] = (this.#sums[at] as number) + value;
    this.#counts[at] = (this.#counts[at] as number) + 1;
    this.#used = Math.max(this.#used, at + 1);
  }

  /** Means over so many stretches, or fewer; null where there is no value. */
  means(most: number): (number | null)[] {
    // A stretch that is longer than the distance of two values has one: else something is missing.
    const stretches = Math.min(most, this.#used, Math.ceil(this.#values / VALUES_EACH));
    return Array.from({ length: stretches }, (_, at) => {
      const [from, to] = [at, at + 1].map((edge) => Math.floor((edge * this.#used) / stretches));
      let [sum, count] = [0, 0];
      for (let bin = from as number; bin < (to as number); bin += 1) {
        sum += this.#sums[bin] as number;
        count += this.#counts[bin] as number;
      }
      return count > 0 ? sum / count : null;
    });
  }

  #fold(): void {
    for (let at = 0; at < MOST; at += 1) {
      const [first, second] = [2 * at, 2 * at + 1];
      this.#sums[at] = (this.#sums[first] ?? 0) + (this.#sums[second] ?? 0);
      this.#counts[at] = (this.#counts[first] ?? 0) + (this.#counts[second] ?? 0);
    }
    this.#width *= 2;
    this.#used = Math.ceil(this.#used / 2);
  }
}
