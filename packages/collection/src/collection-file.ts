import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { constants, gzipSync, zstdCompressSync } from 'node:zlib';

/** How much may wait in memory for a disk that is full. */
const MOST_PENDING = 64 * 1024 * 1024;

/**
 * A collection that grows at its end. What the disk does not take (it is full) waits in memory and is written, in order
 * and from the very byte where the write broke off, as soon as there is room.
 */
export class CollectionFile {
  readonly path: string;
  #descriptor: number;
  #encode: (lines: Uint8Array) => Uint8Array;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  /** Bytes of the first piece that waits that the disk has taken already. */
  #begunBytes = 0;

  private constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
    this.#encode = encoderFor(path);
  }

  /**
   * Opens for appending; a name that ends in `.gz` or `.zst` is written compressed. The torn last line of an earlier run
   * is left as it is and the next line starts on a line of its own.
   * @throws the file system's error (EISDIR, EACCES, ENOENT of the directory, …)
   */
  static open(path: string): CollectionFile {
    // Read and write, for a look at the last byte. Not for pipes: "a+" would not wait for their reader.
    const file = new CollectionFile(path, openSync(path, 'a+', 0o644));
    if (isTorn(path, file.#descriptor)) file.#hold(Buffer.from('\n')); // written with what comes first
    return file;
  }

  /** Bytes that wait for room on the disk. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /**
   * Appends whole lines.
   * @throws ENOSPC, EDQUOT, EIO … when they could not be written now: then they wait, and the next call tries again.
   *   Past the limit of what may wait they are refused (code `PENDING_FULL`).
   */
  append(lines: Uint8Array | string): void {
    const bytes = this.#encode(typeof lines === 'string' ? Buffer.from(lines) : lines);
    if (this.#pendingBytes > 0 && this.#pendingBytes + bytes.length > MOST_PENDING) this.#makeRoom();
    this.#hold(bytes);
    this.flush();
  }

  /** Tries once more to write what waits. @throws as append does */
  flush(): void {
    for (let next = this.#pending[0]; next !== undefined; next = this.#pending[0]) {
      const written = writeSync(this.#descriptor, next);
      this.#pendingBytes -= written;
      const isWhole = written === next.length;
      this.#begunBytes = isWhole ? 0 : this.#begunBytes + written;
      if (isWhole) this.#pending.shift();
      else this.#pending[0] = next.subarray(written);
    }
  }

  /** Closes without a further try; `pendingBytes` says what was not written. A piece that was begun is taken back. */
  close(): void {
    if (this.#begunBytes > 0) ftruncateSync(this.#descriptor, fstatSync(this.#descriptor).size - this.#begunBytes);
    closeSync(this.#descriptor);
  }

  #hold(bytes: Uint8Array): void {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
  }

  #makeRoom(): void {
    try {
      this.flush();
    } catch (cause) {
      const message = `${this.#pendingBytes} bytes already wait for room on the disk`;
      throw Object.assign(new Error(message, { cause }), { code: 'PENDING_FULL' });
    }
  }
}

/** Whether a file of this name is written packed. */
export function isPacked(path: string): boolean {
  return /\.(gz|zst)$/.test(path);
}

/** Each append becomes a frame (zstd) or member (gzip) of its own: a crash tears at most the last one. */
function encoderFor(path: string): (lines: Uint8Array) => Uint8Array {
  if (path.endsWith('.zst'))
    return (lines) => zstdCompressSync(lines, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  if (path.endsWith('.gz')) return (lines) => gzipSync(lines);
  return (lines) => Buffer.from(lines);
}

function isTorn(path: string, descriptor: number): boolean {
  const stat = fstatSync(descriptor);
  if (!stat.isFile() || stat.size === 0 || isPacked(path)) return false;
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, stat.size - 1);
  return last.toString() !== '\n';
}
