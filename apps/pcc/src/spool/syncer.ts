import { dirname } from 'node:path';
import { codeOf } from '@perfcollector/cli';
import { type Durability, SYNC_INTERVAL_MS } from '../durability.ts';
import { syncDirectory } from '../sync-directory.ts';
import type { Segment } from './segment.ts';

interface Setup {
  readonly policy: Durability;
  /** Lines before this place of the segment may be sent now. */
  onWritten(segment: Segment, end: number): void;
  onProblem(error: Error): void;
}

/** Sees to it that what is written to segments also survives a power cut, at the moment that was asked for. */
export class Syncer {
  readonly #setup: Setup;
  readonly #dirty = new Set<Segment>();
  /** Segments whose name the directory may not have on the disk yet. */
  readonly #unnamed = new WeakSet<Segment>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(setup: Setup) {
    this.#setup = setup;
  }

  created(segment: Segment): void {
    this.#unnamed.add(segment);
  }

  wrote(segment: Segment): void {
    const { policy, onWritten } = this.#setup;
    if (policy !== 'always') onWritten(segment, segment.end);
    if (policy === 'never') return;
    this.#dirty.add(segment);
    if (policy === 'always') this.#run();
    else this.#timer ??= setTimeout(() => this.#run(), SYNC_INTERVAL_MS).unref();
  }

  /** Everything that was written is on the disk, as far as the disk does that. */
  async close(): Promise<void> {
    this.#run();
    await this.#running;
    clearTimeout(this.#timer);
  }

  #run(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running ??= this.#syncAll().finally(() => {
      this.#running = undefined;
    });
  }

  async #syncAll(): Promise<void> {
    for (const [segment] of this.#dirty.entries()) {
      this.#dirty.delete(segment);
      const { end } = segment;
      // What the server has already needs no disk any more.
      if (!segment.isGone && segment.waitingBytes > 0) await this.#sync(segment);
      this.#setup.onWritten(segment, end);
    }
  }

  /** A disk that cannot keep its promise is said; the samples go on their way all the same. */
  async #sync(segment: Segment): Promise<void> {
    try {
      await segment.sync();
      if (this.#unnamed.delete(segment)) await syncDirectory(dirname(segment.path));
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      if (!segment.isGone) this.#setup.onProblem(error as Error);
    }
  }
}
