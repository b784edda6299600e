import { createReadStream } from 'node:fs';
import { pipeline, Readable, type Transform } from 'node:stream';
import { constants, createGunzip, createZstdDecompress } from 'node:zlib';

const GZIP_MAGIC = [0x1f, 0x8b];
const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/** The bytes of a file as they are on disk. */
export function openFile(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path, { highWaterMark: 256 * 1024 });
}

/**
 * Unpacks gzip and zstd, told by their first bytes, not by the file's name; anything else passes as it is. Members and
 * frames may follow one another. Packed data that is cut off gives what can be unpacked.
 * @throws the decoder's error (`Z_DATA_ERROR`, `ZSTD_error_…`) where packed data is damaged
 */
export async function* decompress(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  const start = await readAtLeast(iterator, ZSTD_MAGIC.length);
  const rest = resume(start, iterator);
  if (startsWith(start, GZIP_MAGIC)) {
    yield* through(rest, createGunzip({ finishFlush: constants.Z_SYNC_FLUSH }));
  } else if (startsWith(start, ZSTD_MAGIC)) {
    yield* through(rest, createZstdDecompress({ finishFlush: constants.ZSTD_e_flush }));
  } else {
    yield* rest;
  }
}

/** Runs bytes through a decoder; an error of the input is the decoder's end too. */
function through(bytes: AsyncIterable<Uint8Array>, decoder: Transform): AsyncIterable<Uint8Array> {
  pipeline(Readable.from(bytes), decoder, () => {}); // both ends' errors surface where the decoder is read
  return decoder;
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
