import type { Batch } from './batch.ts';
import type { Pool } from './pool.ts';
import type { Worked } from './work.ts';

interface Pending {
  readonly worked: Promise<Worked>;
  readonly use: (worked: Worked) => void;
}

/** Lines of all machines together that wait for a whole batch. */
const MOST_HELD = 32 * 1024 * 1024;

/** Gathers lines of one machine, and can be told to send what it has. */
interface Holder {
  send(): Promise<void>;
}

/** Batches under way; what becomes of them is used in the order in which they were sent, whoever is ready first. */
export class BatchQueue {
  readonly #pool: Pool;
  readonly #pending: Pending[] = [];
  /** Buffers that batches came in, and that rows came in. */
  readonly #spent: ArrayBuffer[] = [];
  readonly #written: ArrayBuffer[] = [];

  /** Who holds lines, those that began first before others, and how many bytes. */
  readonly #held = new Map<Holder, number>();
  #heldBytes = 0;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * So many bytes are held there now; none once they are sent.
   * @returns a promise where there is something to wait for: all together held too much, and who held longest sends
   */
  note(holder: Holder, bytes: number): Promise<void> | undefined {
    this.#heldBytes += bytes - (this.#held.get(holder) ?? 0);
    if (bytes > 0) this.#held.set(holder, bytes);
    else this.#held.delete(holder);
    const [oldest] = this.#held.keys();
    return this.#heldBytes > MOST_HELD ? oldest?.send() : undefined;
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
