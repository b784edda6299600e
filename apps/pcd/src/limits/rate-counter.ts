/** So many are counted at a time, those whose second began last; others begin anew. */
const MOST_COUNTED = 10_000;

interface Counted {
  current: number;
  /** Of the elapsed milliseconds. */
  readonly began: number;
}

type Take = (error: null, counted: { readonly current: number; readonly ttl: number }) => void;

/**
 * What @fastify/rate-limit counts with. Its own counter goes by the time of day: a clock set back an hour would refuse
 * for that hour whoever was counted before.
 */
export class RateCounter {
  readonly #counted = new Map<string, Counted>();

  incr(key: string, take: Take, windowMs: number): void {
    const counted = this.#within(key, windowMs) ?? this.#begin(key);
    counted.current += 1;
    take(null, { current: counted.current, ttl: counted.began + windowMs - performance.now() });
  }

  read(key: string, take: Take, windowMs: number): void {
    const counted = this.#within(key, windowMs);
    take(null, counted ? { ...counted, ttl: counted.began + windowMs - performance.now() } : { current: 0, ttl: 0 });
  }

  child(): RateCounter {
    return new RateCounter();
  }

  #within(key: string, windowMs: number): Counted | undefined {
    const counted = this.#counted.get(key);
    return counted && performance.now() < counted.began + windowMs ? counted : undefined;
  }

  #begin(key: string): Counted {
    const counted = { current: 0, began: performance.now() };
    this.#counted.delete(key);
    this.#counted.set(key, counted);
    for (const oldest of this.#counted.keys()) if (this.#counted.size > MOST_COUNTED) this.#counted.delete(oldest);
    return counted;
  }
}
