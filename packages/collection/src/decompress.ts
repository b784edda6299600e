import { createReadStream } from 'node:fs';
import { ByteWindow } from './packed/byte-window.ts';
import { gzip } from './packed/gzip.ts';
import { type Hole, unpack } from './packed/unpack.ts';
import { zstd } from './packed/zstd.ts';

/** Enough to tell what kind of data it is, also behind the torn beginning of a first piece. */
const BEGINNING = 8;

/** The bytes of a file as they are on disk. */
export function openFile(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path, { highWaterMark: 256 * 1024 });
}

/**
 * Unpacks gzip and zstd, told by their first bytes, not by the file's name; anything else passes as it is. Members and
 * frames may follow one another. What of them is damaged is told and left out, and the rest is read.
 * @throws what reading `chunks` throws, behind all that came before
 */
export async function* decompress(
  chunks: AsyncIterable<Uint8Array>,
  tell: (hole: Hole) => void,
): AsyncGenerator<Uint8Array> {
  const window = new ByteWindow(chunks);
  try {
    await window.fill(BEGINNING);
    const codec = [gzip, zstd].find(({ magic }) => isPackedWith(magic, window.bytes));
    yield* codec ? unpack(window, codec, tell) : window.rest();
  } finally {
    await window.close();
  }
}

/** Whether a piece begins here, or the torn beginning of one and then a piece that was written behind it. */
function isPackedWith(magic: Buffer, bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return magic.some((_, torn) => start.indexOf(Buffer.concat([magic.subarray(0, torn), magic])) === 0);
}
