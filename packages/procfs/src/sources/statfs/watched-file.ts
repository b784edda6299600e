import type { KernelFile } from '../../types.ts';

/** A kernel file of which only changes matter: its bytes are compared with those of the last read. */
export class WatchedFile {
  readonly #file: KernelFile;
  #bytes = Buffer.alloc(0);

  constructor(file: KernelFile) {
    this.#file = file;
  }

  /** What it said when it was last read. */
  get text(): string {
    return this.#bytes.toString('utf8');
  }

  /** Reads it. @returns whether it says something else than before @throws SourceError */
  hasChanged(): boolean {
    const length = this.#file.read();
    const { bytes } = this.#file;
    if (length === this.#bytes.length && this.#bytes.compare(bytes, 0, length) === 0) return false;
    this.#bytes = Buffer.from(bytes.subarray(0, length));
    return true;
  }

  close(): void {
    this.#file.close();
  }
}
