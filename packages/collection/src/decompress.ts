import { createReadStream } from 'node:fs';
import { createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib';

const GZIP_MAGIC = [0x1f, 0x8b];
const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/** The bytes of a file as they are on disk. */
export function openFile(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path, { highWaterMark: 256 * 1024 });
}

/**
 * Unpacks gzip and zstd, told by their first bytes, not by the file's name; anything else passes as it is. Members and
 * frames may follow one another. Packed data that is cut off gives what can be unpacked.
 * @throws the decoder's error (`Z_DATA_ERROR`, `Z_BUF_ERROR`, `ZSTD_error_…`), behind all that came before the damage
 */
export async function* decompress(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  const start = await readAtLeast(iterator, ZSTD_MAGIC.length);
  const rest = resume(start, iterator);
  if (startsWith(start, GZIP_MAGIC)) yield* unpack(rest, createGunzip());
  else if (startsWith(start, ZSTD_MAGIC)) yield* unpack(rest, createZstdDecompress());
  else yield* rest;
}

/** Packed bytes given to the decoder at a time: bounds what comes out at once, also of data made to swell. */
const SLICE = 4096;

/**
 * Runs bytes through a decoder by hand. A pipeline would throw away what the decoder holds ready when it fails; here
 * everything that came before the damage is given.
 */
async function* unpack(bytes: AsyncIterable<Uint8Array>, decoder: Gunzip | ZstdDecompress): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  let failure: Error | undefined;
  let given = 0;
  const ended = new Promise<void>((resolve) => decoder.once('close', resolve).once('end', resolve));
  decoder.on('data', (chunk: Uint8Array) => ready.push(chunk)).on('error', (error) => (failure = error));
  try {
    for await (const chunk of bytes) {
      for (let at = 0; at < chunk.length && !failure; at += SLICE) {
        const slice = chunk.subarray(at, at + SLICE);
        given += slice.length;
        await Promise.race([new Promise((resolve) => decoder.write(slice, resolve)), ended]);
        if (decoder.bytesWritten < given) failure ??= trailing();
        yield* ready;
        ready = [];
      }
      if (failure) break;
    }
    decoder.end();
    if (!failure) await ended;
    yield* ready;
  } finally {
    decoder.destroy();
  }
  if (failure) throw failure;
}

function trailing(): Error {
  return Object.assign(new Error('bytes that are no packed data follow the packed data'), { code: 'Z_TRAILING_BYTES' });
}

async function readAtLeast(iterator: AsyncIterator<Uint8Array>, bytes: number): Promise<Uint8Array> {
  let start: Uint8Array = new Uint8Array(0);
  while (start.length < bytes) {
    const next = await iterator.next();
    if (next.done) break;
    start = Buffer.concat([start, next.value]);
  }
  return start;
}

async function* resume(start: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (start.length > 0) yield start;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, at) => bytes[at] === byte);
}
