import { existsSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { constants, zstdCompress } from 'node:zlib';
import { packedName, unfinishedName } from './rotation.ts';
import { syncDirectory } from './sync-directory.ts';

/** What is packed at a time: bounds the memory, and is a frame of its own, so that damage costs no more than it. */
const FRAME = 512 * 1024;
const LINE_FEED = 0x0a;
const ZSTD_MAGIC = 0xfd2fb528;

const compress = promisify<Buffer, object, Buffer>(zstdCompress);

/**
 * Packs a file and gives it the packed name. The packed content replaces the plain one under the plain name first:
 * readers tell by content, so that at any moment, and after a crash at any moment, every line is there once.
 */
export async function packPart(part: string, signal: AbortSignal): Promise<void> {
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
