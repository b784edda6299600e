/**
 * zstd, RFC 8878. A frame's length can be told without unpacking it: a header, blocks that each begin with their length,
 * a checksum of 4 bytes where the header says so. Skippable frames (metadata of other programs) may stand in between.
 */
import type { ByteWindow } from './byte-window.ts';
import { badPiece, type Codec, type Flaw, isTooLong, MOST_HELD, MOST_OF_RUN, type Piece } from './codec.ts';
import { DecoderPump, SLICE } from './decoder-pump.ts';
import { zlib } from './zlib.ts';

const MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const LONGEST_HEADER = 18;
const MOST_IN_BLOCK = 128 * 1024;

export const zstd: Codec = {
  magic: MAGIC,

  unpackRun(bytes) {
    let end = 0;
    for (let length = frameLength(bytes); typeof length === 'number'; length = frameLength(bytes.subarray(end))) {
      end += length;
    }
    try {
      const text = zlib().zstdDecompressSync(bytes.subarray(0, end), {
        maxOutputLength: MOST_OF_RUN,
        chunkSize: MOST_HELD,
      });
      return end > 0 ? { bytes: end, text } : undefined;
    } catch (error) {
      if (!isTooLong(error)) badPiece(error);
      return undefined;
    }
  },

  unpackPiece(bytes): Piece {
    const length = frameLength(bytes);
    const isChecked = hasChecksum(bytes);
    if (typeof length !== 'number')
      return length.kind === 'unfinished' && isLong(bytes) ? { kind: 'long', isChecked } : length;
    try {
      const text = zlib().zstdDecompressSync(bytes.subarray(0, length), { maxOutputLength: MOST_HELD });
      return { kind: 'whole', bytes: length, text, isChecked };
    } catch (error) {
      return isTooLong(error) ? { kind: 'long', isChecked } : badPiece(error);
    }
  },

  stream: streamFrame,
};

/** Whether what is there of a frame that is not whole already unpacks to more than may be held. */
function isLong(bytes: Uint8Array): boolean {
  try {
    zlib().zstdDecompressSync(bytes, { maxOutputLength: MOST_HELD, finishFlush: zlib().constants.ZSTD_e_flush });
    return false;
  } catch (error) {
    return isTooLong(error);
  }
}

async function* streamFrame(window: ByteWindow): AsyncGenerator<Uint8Array, Flaw | undefined> {
  await window.fill(LONGEST_HEADER);
  const header = headerLength(window.bytes);
  if (typeof header !== 'number') return header;
  const checksum = hasChecksum(window.bytes) ? 4 : 0;
  const pump = new DecoderPump(zlib().createZstdDecompress());
  try {
    yield* await pump.write(window.bytes.subarray(0, header));
    window.take(header);
    for (let isLast = false; !isLast; ) {
      await window.fill(3);
      const block = blockAt(window.bytes, 0);
      if ('kind' in block) return block;
      isLast = block.isLast;
      const flaw = yield* pumpBytes(pump, window, block.length + (isLast ? checksum : 0));
      if (flaw) return flaw;
    }
    yield* await pump.finish();
    return pump.failure && badPiece(pump.failure);
  } finally {
    pump.close();
  }
}

/** Gives so many bytes to the decoder; they are taken off the window when it has accepted all of them. */
async function* pumpBytes(
  pump: DecoderPump,
  window: ByteWindow,
  length: number,
): AsyncGenerator<Uint8Array, Flaw | undefined> {
  const isThere = await window.fill(length);
  const bytes = window.bytes.subarray(0, length);
  for (let at = 0; at < bytes.length; at += SLICE) {
    yield* await pump.write(bytes.subarray(at, at + SLICE));
    if (pump.failure) return badPiece(pump.failure);
  }
  if (!isThere) return { kind: 'unfinished' };
  window.take(length);
  return undefined;
}

/** Length of the frame that these bytes begin with. */
function frameLength(bytes: Uint8Array): number | Flaw {
  const skippable = skippableLength(bytes);
  if (skippable !== undefined) return skippable <= bytes.length ? skippable : { kind: 'unfinished' };
  const header = headerLength(bytes);
  if (typeof header !== 'number') return header;
  let at = header;
  for (let isLast = false; !isLast; ) {
    const block = blockAt(bytes, at);
    if ('kind' in block) return block;
    isLast = block.isLast;
    at += block.length;
  }
  if (hasChecksum(bytes)) at += 4;
  return at <= bytes.length ? at : { kind: 'unfinished' };
}

/** Magic, descriptor, window, dictionary, content size; the descriptor tells which of them are there. */
function headerLength(bytes: Uint8Array): number | Flaw {
  const magic = bytes.subarray(0, MAGIC.length);
  if (!MAGIC.subarray(0, magic.length).equals(magic)) return bad('this is not the beginning of a zstd frame');
  const descriptor = bytes[4];
  if (descriptor === undefined) return { kind: 'unfinished' };
  if (descriptor & 0x08) return bad('the frame header has a reserved bit set');
  const isSingle = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentSize = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const length = MAGIC.length + 1 + (isSingle ? 0 : 1) + dictionary + contentSize;
  return length <= bytes.length ? length : { kind: 'unfinished' };
}

function hasChecksum(bytes: Uint8Array): boolean {
  return ((bytes[4] ?? 0) & 0x04) !== 0;
}

/** A block's length with its header of 3 bytes: last or not, kind, size. */
function blockAt(bytes: Uint8Array, at: number): { length: number; isLast: boolean } | Flaw {
  const [low, middle, high] = bytes.subarray(at, at + 3);
  if (low === undefined || middle === undefined || high === undefined) return { kind: 'unfinished' };
  const header = low | (middle << 8) | (high << 16);
  const [isLast, kind, size] = [(header & 1) === 1, (header >> 1) & 3, header >> 3];
  if (kind === 3 || size > MOST_IN_BLOCK) return bad('a block header is damaged');
  return { length: 3 + (kind === 1 ? 1 : size), isLast }; // kind 1: one byte, repeated
}

function skippableLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const isSkippable = view.getUint32(0, true) >>> 4 === 0x184d2a5;
  return isSkippable ? 8 + view.getUint32(4, true) : undefined;
}

function bad(problem: string): Flaw {
  return { kind: 'bad', problem };
}
