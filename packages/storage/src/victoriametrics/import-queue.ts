import { StoreError } from '../store.ts';

/** What one import holds at most, and what waits at most; characters. */
const MOST_TOGETHER = 8 * 1024 * 1024;
const MOST_WAITING = 64 * 1024 * 1024;

interface Waiting {
  readonly lines: string;
  resolve(): void;
  reject(error: unknown): void;
}

/** Imports one after the other: what comes while one is under way goes together in the next. */
export class ImportQueue {
  readonly #import: (lines: string) => Promise<void>;
  #waiting: Waiting[] = [];
  #characters = 0;
  #running: Promise<void> | undefined;
  #isClosed = false;

  constructor(send: (lines: string) => Promise<void>) {
    this.#import = send;
  }

  /** @throws StoreError where the lines were not taken: BUSY where too much waits already */
  add(lines: string): Promise<void> {
    if (this.#isClosed) return Promise.reject(new StoreError('FAILED', 'the store is closed'));
    if (this.#characters + lines.length > MOST_WAITING && this.#waiting.length > 0) {
      return Promise.reject(new StoreError('BUSY', 'more samples wait for VictoriaMetrics than memory is there for'));
    }
    this.#characters += lines.length;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ lines, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Ends when all that was added has been imported or refused. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // those who add in this turn go together
    while (this.#waiting.length > 0) {
      const together = this.#take();
      try {
        await this.#import(together.map(({ lines }) => lines).join(''));
        for (const { resolve } of together) resolve();
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    this.#running = undefined;
  }

  #take(): Waiting[] {
    let characters = 0;
    const end = this.#waiting.findIndex(({ lines }, at) => {
      characters += lines.length;
      return at > 0 && characters > MOST_TOGETHER;
    });
    const together = this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
    for (const { lines } of together) this.#characters -= lines.length;
    return together;
  }
}
