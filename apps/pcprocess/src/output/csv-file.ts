import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type Replacement, replaceFile, systemError } from '@perfcollector/cli';
import { type Stringifier, stringify } from 'csv-stringify';

/**
 * A CSV file that appears under its name only when it is whole: until then it stands beside it, and a conversion that
 * fails leaves what was there before.
 */
export class CsvFile {
  readonly path: string;
  readonly #replacement: Replacement;
  readonly #rows: Stringifier;
  readonly #written: Promise<void>;

  constructor(path: string, heading: readonly string[]) {
    this.path = path;
    this.#replacement = begin(path);
    this.#rows = stringify();
    const file = createWriteStream(this.#replacement.temporary, { highWaterMark: 256 * 1024 });
    this.#written = pipeline(this.#rows, file);
    this.#written.catch(() => {}); // told where rows are added, and at the end
    this.#rows.write(heading);
  }

  /** @throws UserError where the file cannot be written */
  async add(row: readonly string[]): Promise<void> {
    if (this.#rows.destroyed) await this.#check();
    if (this.#rows.write(row)) return;
    await once(this.#rows, 'drain').catch(() => this.#check());
  }

  /** @throws UserError where the file cannot be written */
  async finish(): Promise<void> {
    this.#rows.end();
    await this.#check();
    try {
      this.#replacement.commit();
    } catch (error) {
      throw systemError(`write ${this.path}`, error);
    }
  }

  /** Gives up: nothing of it stays. */
  discard(): void {
    this.#rows.destroy();
    this.#replacement.discard();
  }

  async #check(): Promise<void> {
    try {
      await this.#written;
    } catch (error) {
      throw systemError(`write ${this.path}`, error);
    }
  }
}

function begin(path: string): Replacement {
  try {
    return replaceFile(path);
  } catch (error) {
    throw systemError(`write ${path}`, error);
  }
}
