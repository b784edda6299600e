import type { Batch } from './batch.ts';
import type { Pool } from './pool.ts';
import type { Worked } from './work.ts';

interface Pending {
  readonly worked: Promise<Worked>;
  readonly use: (worked: Worked) => void;
}

/** So many bytes of lines make a batch: small beside what a program of this kind takes, and long beside a message. */
const BATCH_BYTES = 1024 * 1024;
/** Of many machines in one file the batches are smaller: all of them together wait in no more than this. */
const ALL_BYTES = 32 * 1024 * 1024;
const LEAST_BYTES = 32 * 1024;

/** Batches under way; what becomes of them is used in the order in which they were sent, whoever is ready first. */
export class BatchQueue {
  readonly #pool: Pool;
  readonly #pending: Pending[] = [];
  /** Buffers that batches came in, and that rows came in. */
  readonly #spent: ArrayBuffer[] = [];
  readonly #written: ArrayBuffer[] = [];

  #machines = 0;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** One more machine sends batches. */
  join(): void {
    this.#machines += 1;
  }

  /** How many bytes of lines make a batch. */
  get batchBytes(): number {
    return Math.max(LEAST_BYTES, Math.min(BATCH_BYTES, Math.floor(ALL_BYTES / this.#machines)));
  }

  /** Waits while enough are under way. */
  async send(batch: Batch, use: (worked: Worked) => void): Promise<void> {
    const worked = this.#pool.batch(batch, this.#written.pop());
    worked.catch(() => {}); // told where it is waited for
    this.#pending.push({ worked, use });
    if (this.#pending.length > this.#pool.depth) await this.#useFirst();
  }

  /** A buffer for a batch, if there is one that was used before. */
  buffer(): ArrayBuffer | undefined {
    return this.#spent.pop();
  }

  async drain(): Promise<void> {
    while (this.#pending.length > 0) await this.#useFirst();
  }

  async #useFirst(): Promise<void> {
    const first = this.#pending.shift();
    if (!first) return;
    const worked = await first.worked;
    first.use(worked);
    this.#spent.push(worked.spent);
    if (worked.made?.output.kind === 'text') this.#written.push(worked.made.output.bytes.buffer);
  }
}
