import { closeSync, openSync, writeSync } from 'node:fs';
import { type Replacement, replaceFile, systemError } from '@perfcollector/cli';

/**
 * A file that appears under its name only when it is whole: until then it stands beside it, and a conversion that
 * fails leaves what was there before.
 */
export class OutputFile {
  readonly path: string;
  readonly #replacement: Replacement;
  readonly #descriptor: number;
  #isOpen = true;

  /** @throws UserError where it cannot be made */
  constructor(path: string) {
    this.path = path;
    this.#replacement = this.#try(() => replaceFile(path));
    this.#descriptor = this.#try(() => openSync(this.#replacement.temporary, 'w'));
  }

  /** Into the kernel's memory, not on to the disk: a piece of a megabyte takes less than handing it to another thread. @throws UserError */
  write(bytes: Uint8Array | string): void {
    const content = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    for (let at = 0; at < content.length; )
      at += this.#try(() => writeSync(this.#descriptor, content, at, content.length - at));
  }

  /** It takes its name. @throws UserError */
  finish(): void {
    this.#try(() => this.#close());
    this.#try(() => this.#replacement.commit());
  }

  /** Gives up: nothing of it stays. */
  discard(): void {
    this.#close();
    this.#replacement.discard();
  }

  #close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false; // whatever comes of it: a descriptor that could not be closed is none any more
    closeSync(this.#descriptor);
  }

  #try<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw systemError(`write ${this.path}`, error);
    }
  }
}
