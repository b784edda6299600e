import { closeSync, openSync, writeSync } from 'node:fs';
import { ByteWriter } from 'hyparquet-writer';

const CHUNK = 1024 * 1024;

/** What hyparquet-writer writes into: a file instead of a buffer that grows. Errors are the file system's. */
export class FileBytes extends ByteWriter {
  #descriptor: number | undefined;

  constructor(path: string) {
    super(2 * CHUNK);
    this.#descriptor = openSync(path, 'w');
  }

  /** Called before anything is appended. */
  override ensure(size: number): void {
    if (this.index >= CHUNK) this.flush();
    super.ensure(size);
  }

  flush(): void {
    if (this.#descriptor === undefined) throw new Error('BUG: written to a closed file');
    for (let at = 0; at < this.index; ) {
      at += writeSync(this.#descriptor, new Uint8Array(this.buffer, at, this.index - at));
    }
    this.index = 0;
  }

  override finish(): void {
    this.flush();
    this.close();
  }

  close(): void {
    if (this.#descriptor === undefined) return;
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}
