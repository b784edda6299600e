import type { Log } from '@perfcollector/cli';

/** Warnings while a screen is shown: a line written between its frames would spoil it. */
export class Notes {
  readonly #said: string[] = [];

  readonly log: Log = {
    debug() {},
    info() {},
    warn: (message) => this.#said.push(message),
    error: (message) => this.#said.push(message),
  };

  get all(): readonly string[] {
    return this.#said;
  }
}
