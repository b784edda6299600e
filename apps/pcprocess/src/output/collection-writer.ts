import { once } from 'node:events';
import { appendFile, type FileHandle, open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { constants, gzip, zstdCompress } from 'node:zlib';
import { type Replacement, replaceFile, systemError } from '@perfcollector/cli';
import { STDIN } from '../input/options.ts';

/** Packed piece by piece, as pcc packs: damage to one leaves the others readable, and readers hold one at a time. */
const PIECE = 512 * 1024;
const LINE_FEED = Buffer.from('\n');
/** What stands for standard output on the command line. */
export const STDOUT = STDIN;

type Pack = (bytes: Uint8Array) => Promise<Uint8Array>;

/** A collection in the making. A file appears under its name only when it is whole. */
export class CollectionWriter {
  readonly path: string;
  lines = 0;
  /** Bytes of the lines, before they are packed. */
  bytes = 0;
  readonly #target: Target;
  readonly #pack: Pack | undefined;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** Packs and writes one piece while the next is gathered. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, target: Target) {
    this.path = path;
    this.#target = target;
    this.#pack = packerFor(path);
  }

  /** @throws UserError where the file cannot be written */
  static async open(path: string, stdout: Writable): Promise<CollectionWriter> {
    if (path === STDOUT) return new CollectionWriter(path, streamTarget(stdout));
    try {
      return new CollectionWriter(path, await fileTarget(path));
    } catch (error) {
      throw systemError(`write ${path}`, error);
    }
  }

  /** One of many at once: between two pieces no file is open. @throws UserError where the file cannot be written */
  static openPart(path: string): CollectionWriter {
    try {
      return new CollectionWriter(path, partTarget(path));
    } catch (error) {
      throw systemError(`write ${path}`, error);
    }
  }

  /** Bytes of lines that wait for a whole piece. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /**
   * Adds lines, without the last one's line feed; they are copied.
   * @returns a promise where there is something to wait for; it rejects with a UserError where the file cannot be written
   */
  add(line: Uint8Array): Promise<void> | undefined {
    const copy = Buffer.allocUnsafe(line.length + 1);
    copy.set(line);
    copy.set(LINE_FEED, line.length);
    this.lines += 1;
    this.bytes += copy.length;
    this.#held.push(copy);
    this.#heldBytes += copy.length;
    return this.#heldBytes >= PIECE ? this.flush() : undefined;
  }

  /** The file takes its name. @throws UserError where it cannot be written */
  async finish(): Promise<void> {
    await this.settle();
    await this.#guard(this.#target.commit());
  }

  /** Everything is written; the file has not its name yet. @throws UserError where it cannot be written */
  async settle(): Promise<void> {
    await this.flush();
    await this.#guard(this.#writing);
  }

  /** Gives up: nothing of it stays. After `finish` it does nothing. */
  async discard(): Promise<void> {
    await this.#writing.catch(() => {});
    await this.#target.discard();
  }

  /** Writes what waits, as a smaller piece. @throws UserError where an earlier one could not be written */
  async flush(): Promise<void> {
    const piece = Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    await this.#guard(this.#writing);
    this.#writing = this.#write(piece);
    this.#writing.catch(() => {}); // told at the next piece, or the end
  }

  async #write(piece: Uint8Array): Promise<void> {
    if (piece.length > 0) await this.#target.write(this.#pack ? await this.#pack(piece) : piece);
  }

  async #guard(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      throw systemError(`write ${this.path}`, error);
    }
  }
}

interface Target {
  write(bytes: Uint8Array): Promise<void>;
  commit(): Promise<void>;
  discard(): Promise<void>;
}

async function fileTarget(path: string): Promise<Target> {
  const replacement: Replacement = replaceFile(path);
  let file: FileHandle | undefined = await open(replacement.temporary, 'a');
  const close = async () => {
    await file?.close();
    file = undefined;
  };
  return {
    async write(bytes) {
      await file?.appendFile(bytes);
    },
    async commit() {
      await close();
      replacement.commit();
    },
    async discard() {
      await close();
      replacement.discard();
    },
  };
}

function partTarget(path: string): Target {
  const replacement = replaceFile(path);
  return {
    write: (bytes) => appendFile(replacement.temporary, bytes),
    commit: async () => replacement.commit(),
    discard: async () => replacement.discard(),
  };
}

function streamTarget(stream: Writable): Target {
  return {
    async write(bytes) {
      if (!stream.write(bytes)) await once(stream, 'drain');
    },
    commit: async () => {},
    discard: async () => {},
  };
}

function packerFor(path: string): Pack | undefined {
  if (path.endsWith('.gz')) return promisify<Uint8Array, Uint8Array>(gzip);
  if (!path.endsWith('.zst')) return undefined;
  const pack = promisify(zstdCompress);
  return (bytes) => pack(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
}
