import { fdatasync } from 'node:fs';
import { choice } from '@perfcollector/cli';

/** When what was written is brought to the disk itself: it matters at a power cut, not where only the process ends. */
export type Durability = 'always' | 'interval' | 'never';

export const fsyncOption = choice({
  flag: '--fsync <when>',
  env: 'PCC_FSYNC',
  fallback: 'interval',
  choices: ['always', 'interval', 'never'],
  about:
    'What is on the disk itself, should the power fail: each tick (always), all but five seconds (interval), or what the kernel wrote by then (never).',
});

/** Each sync wakes the disk and takes half a millisecond of processor time. */
export const SYNC_INTERVAL_MS = 5000;

interface Told {
  /** So many samples count as written. */
  written(samples: number): void;
  failed(error: Error): void;
}

/** Brings a file's data to the disk, beside the ticks and never twice at once. */
export class Syncer {
  readonly #descriptor: number;
  readonly #durability: Durability;
  readonly #told: Told;
  #isDirty = false;
  /** Samples that count when they are on the disk. */
  #uncounted = 0;
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isFinishing = false;
  #last = Number.NEGATIVE_INFINITY;

  constructor(descriptor: number, durability: Durability, told: Told) {
    this.#descriptor = descriptor;
    this.#durability = durability;
    this.#told = told;
  }

  /** Something was written, and with it so many samples. */
  wrote(samples: number): void {
    this.#isDirty = true;
    if (this.#durability === 'always') this.#uncounted += samples;
    else this.#told.written(samples);
    this.#schedule();
  }

  /** Brings the rest to the disk; then the file may be closed. */
  async finish(): Promise<void> {
    this.#isFinishing = true; // the descriptor is closed next: nothing may begin by itself any more
    clearTimeout(this.#timer);
    await this.#running;
    if (!this.#isDirty || this.#durability === 'never') return;
    this.#begin();
    await this.#running;
  }

  #schedule(): void {
    if (this.#durability === 'never' || !this.#isDirty) return;
    if (this.#running || this.#timer || this.#isFinishing) return;
    const wait = this.#durability === 'always' ? 0 : this.#last + SYNC_INTERVAL_MS - performance.now();
    if (wait <= 0) {
      this.#begin();
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#schedule();
    }, wait).unref();
  }

  #begin(): void {
    const covered = this.#uncounted;
    this.#uncounted = 0;
    this.#isDirty = false;
    this.#last = performance.now();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#running = promise;
    fdatasync(this.#descriptor, (error) => {
      this.#running = undefined;
      // What a failed sync covered may be lost, and the kernel does not say so again: it is never counted.
      if (error) this.#told.failed(error);
      else if (covered > 0) this.#told.written(covered);
      resolve();
      this.#schedule();
    });
  }
}
