import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync, statfsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Locate, locateBelow } from './below-root.ts';
import { SourceError } from './errors.ts';
import type { FileShape, HostReader, KernelFile } from './types.ts';

/** What the kernel answers when it does not have a file, or has it without the feature behind it. */
const UNAVAILABLE = new Set(['ENOENT', 'ENOTDIR', 'ENODEV', 'ENXIO', 'EOPNOTSUPP', 'ENOTSUP']);
const DENIED = new Set(['EACCES', 'EPERM']);

/** Reads the kernel files of the host below `root` (`/` is this one; `/host` a mounted one; or a capture). */
export function openHost(root = '/'): HostReader {
  const texts = new SharedBuffer();
  const locate = locateBelow(root);
  const read = <T>(paths: readonly string[], readOne: (path: string) => T) =>
    firstOf(paths, { root, read: (path) => readOne(locate(path)) });
  return {
    root,
    isOwn: resolve(root) === '/',
    get bytesRead() {
      return texts.bytesRead;
    },
    // Files of /proc say that they are 0 bytes long, so this reads until the end comes, not until a size.
    readText: (...paths) => read(paths, (path) => readFileSync(path, 'utf8')),
    readStart: (path, most) => read([path], (one) => readStart(one, most)),
    list: (path) => read([path], (one) => readdirSync(one).sort()),
    directories: (path) => read([path], directoriesIn),
    readLink: (path) => firstOf([path], { root, read: (one) => readlinkSync(locate(one, { isLinkItself: true })) }),
    open: (...paths) => new OpenKernelFile(paths, { root, locate, texts }),
  };
}

/** Each directory is a link to the one it is in, so that two links (its name, its own dot) mean that there is none. */
function directoriesIn(path: string): string[] {
  if (statSync(path).nlink === 2) return [];
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}

function readStart(path: string, most: number): string {
  const descriptor = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(most);
    let length = 0;
    for (let got = -1; got !== 0 && length < most; length += got)
      got = readSync(descriptor, bytes, length, most - length, length);
    return bytes.toString('utf8', 0, length);
  } finally {
    closeSync(descriptor);
  }
}

/** The first path that exists. @throws SourceError */
function firstOf<T>(paths: readonly string[], { root, read }: { root: string; read: (path: string) => T }): T {
  let missing: SourceError | undefined;
  for (const path of paths) {
    try {
      return read(path);
    } catch (error) {
      const problem = sourceError(join(root, path), error);
      if (problem.reason !== 'unavailable') throw problem;
      missing ??= problem;
    }
  }
  throw missing ?? new Error('BUG: nothing to read');
}

function sourceError(path: string, error: unknown): SourceError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  const reason = UNAVAILABLE.has(code) ? 'unavailable' : DENIED.has(code) ? 'denied' : 'failed';
  return new SourceError(reason, `cannot read ${path}: ${code}`, { cause: error });
}

/** Most files of a host are read one after the other, so they share one buffer; it grows with the longest of them. */
class SharedBuffer {
  bytes = Buffer.alloc(16 * 1024);
  bytesRead = 0;
  /** Descriptors that are kept open. */
  kept = 0;

  grow(): void {
    const bytes = Buffer.alloc(this.bytes.length * 2);
    this.bytes.copy(bytes);
    this.bytes = bytes;
  }
}

/** So much less than a page that one more line of 1 KiB would have been there too. */
const SURELY_ALL = 3 * 1024;

/** Descriptors that are kept at most: a host with more files (a thousand CPUs) has the rest opened anew at each tick. */
const MOST_KEPT = 1500;

/** proc, sysfs, cgroup2, cgroup, debugfs, tracefs: include/uapi/linux/magic.h. Their files give fresh text at offset 0. */
const KERNEL_FILE_SYSTEMS = new Set([0x9fa0, 0x62656572, 0x63677270, 0x27e0eb, 0x64626720, 0x74726163]);

interface Place {
  readonly root: string;
  readonly locate: Locate;
  readonly texts: SharedBuffer;
}

class OpenKernelFile implements KernelFile {
  readonly #paths: readonly string[];
  readonly #place: Place;
  readonly #buffer: SharedBuffer;
  #path = '';
  #descriptor = -1;
  #isKept = false;

  constructor(paths: readonly string[], place: Place) {
    this.#paths = paths;
    this.#place = place;
    this.#buffer = place.texts;
  }

  get bytes(): Uint8Array {
    return this.#buffer.bytes;
  }

  read(shape?: FileShape): number {
    if (this.#descriptor < 0) this.#open();
    try {
      const length = this.#readToEnd(this.#isKept ? shape : undefined);
      if (!this.#isKept) this.close();
      return length;
    } catch (error) {
      this.close(); // its device or control group may have gone, and another of the same name come
      throw sourceError(this.#path, error);
    }
  }

  close(): void {
    if (this.#descriptor < 0) return;
    closeSync(this.#descriptor);
    this.#descriptor = -1;
    if (this.#isKept) this.#buffer.kept -= 1;
    this.#isKept = false;
  }

  /**
   * Files of /proc say that they are 0 bytes long and give a page at a time: the end is where nothing more comes, or where
   * the kernel cannot have stopped for want of room (seq_read_iter() of fs/seq_file.c fills a page with whole records). To
   * know that without one more read takes a tenth off a tick.
   */
  #readToEnd(shape: FileShape | undefined): number {
    const buffer = this.#buffer;
    let length = 0;
    for (;;) {
      // One byte stays free for the NUL behind the text.
      const got = readSync(this.#descriptor, buffer.bytes, length, buffer.bytes.length - 1 - length, length);
      length += got;
      if (got === 0) break;
      if (length === buffer.bytes.length - 1) buffer.grow();
      else if (shape === 'one record' || (shape === 'short lines' && length < SURELY_ALL)) break;
    }
    buffer.bytes[length] = 0;
    buffer.bytesRead += length;
    return length;
  }

  #open(): void {
    const { root, locate } = this.#place;
    let at = '';
    const read = (path: string) => {
      this.#path = join(root, path);
      at = locate(path);
      return openSync(at, 'r');
    };
    this.#descriptor = firstOf(this.#paths, { root, read });
    // A file on a disk belongs to a capture, which may be replaced by another file of its name.
    this.#isKept = this.#buffer.kept < MOST_KEPT && isKernelFile(at);
    if (this.#isKept) this.#buffer.kept += 1;
  }
}

/** No where it has gone since it was opened: a device or a control group may at any moment. */
function isKernelFile(path: string): boolean {
  try {
    return KERNEL_FILE_SYSTEMS.has(statfsSync(path).type);
  } catch {
    return false;
  }
}
