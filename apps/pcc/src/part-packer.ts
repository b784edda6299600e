import { existsSync, readdirSync, rmSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import { codeOf, type Log, systemError } from '@perfcollector/cli';
import { isPacked } from '@perfcollector/collection';
import { type PartNames, packedName, unfinishedName } from './rotation.ts';

/** What is packed at a time: bounds the memory, and is a frame of its own, so that damage costs no more than it. */
const FRAME = 512 * 1024;
const LINE_FEED = 0x0a;
const ZSTD_MAGIC = 0xfd2fb528;
/** How long the end of a run waits for packing; what is not done by then is done at the next start. */
const CLOSING_MS = 5000;

const compress = promisify<Buffer, object, Buffer>(zstdCompress);

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
      if (!signal.aborted) await packPart(part, signal);
    } catch (error) {
      await rm(unfinishedName(part), { force: true });
      if (error === signal.reason) return;
      if (codeOf(error) === undefined) throw error;
      this.#failed.push(part);
      this.#log.warn(`${systemError(`pack ${part}`, error).message}; it stays as it is and is tried again later`);
    }
  }
}

/**
 * Packs a file and gives it the packed name. The packed content replaces the plain one under the plain name first:
 * readers tell by content, so that at any moment, and after a crash at any moment, every line is there once.
 */
async function packPart(part: string, signal: AbortSignal): Promise<void> {
  await using source = await open(part, 'r');
  if (!(await isPackedInside(source))) {
    const temporary = unfinishedName(part);
    await using target = await open(temporary, 'w', (await source.stat()).mode & 0o777);
    const length = await packInto(target, source, signal);
    await target.sync();
    if ((await source.stat()).size !== length)
      throw Object.assign(new Error('another process writes to it'), { code: 'EBUSY' });
    await rename(temporary, part);
  }
  if (existsSync(packedName(part))) return; // somebody else made it: nothing is overwritten
  await rename(part, packedName(part));
  await syncDirectory(dirname(part));
}

export async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, 'r');
  await directory.sync();
}

async function isPackedInside(file: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
  return bytesRead === 4 && buffer.readUInt32LE() === ZSTD_MAGIC;
}

/** Returns how many bytes were packed. */
async function packInto(target: FileHandle, source: FileHandle, signal: AbortSignal): Promise<number> {
  const buffer = Buffer.alloc(FRAME);
  for (let at = 0; ; ) {
    signal.throwIfAborted();
    const { bytesRead } = await source.read(buffer, 0, FRAME, at);
    if (bytesRead === 0) return at;
    // A frame ends with a line, so that a damaged one costs no line of its neighbours.
    const end = bytesRead < FRAME ? bytesRead : buffer.lastIndexOf(LINE_FEED) + 1 || bytesRead;
    const params = { [constants.ZSTD_c_checksumFlag]: 1 };
    await target.appendFile(await compress(buffer.subarray(0, end), { params }));
    at += end;
  }
}
