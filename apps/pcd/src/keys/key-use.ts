import { type KeyStore, StoreError } from '@perfcollector/storage';

/** A write a request would be a sync a request; after a power cut this much may be missing. */
const WRITE_AFTER_MS = 30_000;

/** When keys were used last: known at once, written down now and then, and at the end. */
export class KeyUse {
  readonly #store: Pick<KeyStore, 'noteKeyUse'>;
  readonly #report: (problem: string) => void;
  readonly #last = new Map<string, number>();
  #unwritten = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Pick<KeyStore, 'noteKeyUse'>, report: (problem: string) => void) {
    this.#store = store;
    this.#report = report;
  }

  /** @param time Unix seconds */
  note(id: string, time: number): void {
    this.#last.set(id, time);
    this.#unwritten.add(id);
    this.#timer ??= setTimeout(() => void this.#write(), WRITE_AFTER_MS).unref();
  }

  /** Undefined where it was not used since pcd was started. */
  lastOf(id: string): number | undefined {
    return this.#last.get(id);
  }

  close(): Promise<void> {
    return this.#write();
  }

  /** What could not be written is tried again with the next use. */
  async #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const ids = this.#unwritten;
    if (ids.size === 0) return;
    this.#unwritten = new Set();
    try {
      await this.#store.noteKeyUse(Object.fromEntries([...ids].map((id) => [id, this.#last.get(id) ?? 0])));
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#unwritten = this.#unwritten.union(ids);
      this.#report(`cannot write down when keys were used: ${error.message}`);
    }
  }
}
