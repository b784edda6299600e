import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { zlib } from './packed/zlib.ts';

/** How much may wait in memory for a disk that is full. */
const MOST_PENDING = 64 * 1024 * 1024;

/**
 * A collection that grows at its end. What the disk does not take (it is full) waits in memory and is written, in order
 * and from the very byte where the write broke off, as soon as there is room.
 */
export class CollectionFile {
  readonly path: string;
  /** For syncing. */
  readonly descriptor: number;
  /** A file on a disk, not a pipe or a device. */
  readonly isRegular: boolean;
  readonly #pack: ((line: Uint8Array | string) => Uint8Array) | undefined;
  #size: number;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  /** Bytes of the first piece that waits that the disk has taken already. */
  #begunBytes = 0;

  private constructor(path: string, descriptor: number) {
    const stat = fstatSync(descriptor);
    this.path = path;
    this.descriptor = descriptor;
    this.isRegular = stat.isFile();
    this.#size = stat.size;
    this.#pack = packerFor(path);
  }

  /**
   * Opens for appending; a name that ends in `.gz` or `.zst` is written compressed. The torn end of an earlier run is left
   * as it is: the next line starts on a line of its own, and readers find the next packed piece behind a torn one.
   * @throws the file system's error (EISDIR, EACCES, ENOENT of the directory, …)
   */
  static open(path: string): CollectionFile {
    // Read and write, for a look at the last byte. Not for pipes: "a+" would not wait for their reader.
    const file = new CollectionFile(path, openSync(path, 'a+', 0o644));
    if (file.#endsInLine()) file.#hold(Buffer.from('\n')); // written with what comes first
    return file;
  }

  /** Bytes of the file, those that were in it when it was opened too. */
  get size(): number {
    return this.#size;
  }

  /** Bytes that wait for room on the disk. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Appends that wait for room on the disk, wholly or in part. */
  get pendingPieces(): number {
    return this.#pending.length;
  }

  /**
   * Appends whole lines. Bytes are used during the call only; what must wait is copied.
   * @throws ENOSPC, EDQUOT, EIO … when they could not be written now: then they wait, and the next call tries again.
   *   Past the limit of what may wait they are refused (code `PENDING_FULL`).
   */
  append(lines: Uint8Array | string): void {
    const packed = this.#pack?.(lines) ?? (typeof lines === 'string' ? Buffer.from(lines) : undefined);
    const bytes = packed ?? (lines as Uint8Array);
    if (this.#pending.length === 0) {
      this.#write(bytes, packed !== undefined);
      return;
    }
    if (this.#pendingBytes + bytes.length > MOST_PENDING) this.#makeRoom();
    this.#hold(packed ?? Buffer.from(bytes));
    this.flush();
  }

  /** Tries once more to write what waits. @throws as append does */
  flush(): void {
    for (let next = this.#pending[0]; next !== undefined; next = this.#pending[0]) {
      const written = writeSync(this.descriptor, next);
      this.#size += written;
      this.#pendingBytes -= written;
      const isWhole = written === next.length;
      this.#begunBytes = isWhole ? 0 : this.#begunBytes + written;
      if (isWhole) this.#pending.shift();
      else this.#pending[0] = next.subarray(written);
    }
  }

  /** Closes without a further try; `pendingBytes` says what was not written. A piece that was begun is taken back. */
  close(): void {
    if (this.#begunBytes > 0) ftruncateSync(this.descriptor, fstatSync(this.descriptor).size - this.#begunBytes);
    closeSync(this.descriptor);
  }

  /** The usual case: nothing waits, and one write takes it all. */
  #write(bytes: Uint8Array, isOurs: boolean): void {
    let at = 0;
    try {
      while (at < bytes.length) at += writeSync(this.descriptor, bytes, at);
    } finally {
      this.#size += at;
      if (at < bytes.length) {
        this.#begunBytes = at;
        this.#hold(isOurs ? bytes.subarray(at) : Buffer.from(bytes.subarray(at)));
      }
    }
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

  /** Whether a plain file's last line lacks its line feed. */
  #endsInLine(): boolean {
    if (!this.isRegular || this.#size === 0 || this.#pack) return false;
    const last = Buffer.alloc(1);
    readSync(this.descriptor, last, 0, 1, this.#size - 1);
    return last.toString() !== '\n';
  }
}

/** Whether a file of this name is written packed. */
export function isPacked(path: string): boolean {
  return /\.(gz|zst)$/.test(path);
}

/** Each append becomes a frame (zstd) or member (gzip) of its own: a crash tears at most the last one. */
function packerFor(path: string): ((lines: Uint8Array | string) => Uint8Array) | undefined {
  if (!isPacked(path)) return undefined;
  const { constants, gzipSync, zstdCompressSync } = zlib();
  if (path.endsWith('.gz')) return (lines) => gzipSync(lines);
  return (lines) => zstdCompressSync(lines, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
}
