import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, type Log, systemError } from '@perfcollector/cli';
import { isPacked } from '@perfcollector/collection';
import { type PartNames, unfinishedName } from './rotation.ts';

/** How long the end of a run waits for packing; what is not done by then is done at the next start. */
const CLOSING_MS = 5000;

/** Packs the finished parts of a collection, one after the other, beside the ticks. */
export class PartPacker {
  readonly #names: PartNames;
  readonly #log: Log;
  readonly #closing = new AbortController();
  #work: Promise<void> = Promise.resolve();
  /** Those that could not be packed, for want of room: tried again with the next one. */
  #failed: string[] = [];

  constructor(names: PartNames, log: Log) {
    this.#names = names;
    this.#log = log;
  }

  add(part: string): void {
    if (isPacked(part)) return;
    this.#work = this.#work.then(async () => {
      for (const one of [...this.#failed.splice(0), part]) await this.#pack(one);
    });
  }

  /** Takes up what an earlier run left undone. */
  recover(): void {
    const { directory } = this.#names;
    try {
      for (const name of readdirSync(directory)) {
        if (this.#names.isUnfinished(name)) rmSync(join(directory, name), { force: true });
        else if (this.#names.isPlainPart(name)) this.add(join(directory, name));
      }
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      this.#log.warn(`${systemError(`look for unpacked parts in ${directory}`, error).message}; they stay as they are`);
    }
  }

  async close(): Promise<void> {
    const deadline = setTimeout(() => this.#closing.abort(), CLOSING_MS);
    await this.#work;
    clearTimeout(deadline);
  }

  async #pack(part: string): Promise<void> {
    const { signal } = this.#closing;
    try {
      // What packs is loaded where something is packed: it takes two megabytes.
      const { packPart } = await import('./pack-part.ts');
      if (!signal.aborted) await packPart(part, signal);
    } catch (error) {
      rmSync(unfinishedName(part), { force: true });
      if (error === signal.reason) return;
      if (codeOf(error) === undefined) throw error;
      this.#failed.push(part);
      this.#log.warn(`${systemError(`pack ${part}`, error).message}; it stays as it is and is tried again later`);
    }
  }
}
