import type { Batch } from './batch.ts';
import type { Pool } from './pool.ts';
import type { Worked } from './work.ts';

interface Pending {
  readonly worked: Promise<Worked>;
  readonly use: (worked: Worked) => void;
}

/** Batches under way; what becomes of them is used in the order in which they were sent, whoever is ready first. */
export class BatchQueue {
  readonly #pool: Pool;
  readonly #pending: Pending[] = [];

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Waits while enough are under way. */
  async send(batch: Batch, use: (worked: Worked) => void): Promise<void> {
    const worked = this.#pool.batch(batch);
    worked.catch(() => {}); // told where it is waited for
    this.#pending.push({ worked, use });
    if (this.#pending.length > this.#pool.depth) await this.#useFirst();
  }

  async drain(): Promise<void> {
    while (this.#pending.length > 0) await this.#useFirst();
  }

  async #useFirst(): Promise<void> {
    const first = this.#pending.shift();
    if (first) first.use(await first.worked);
  }
}
