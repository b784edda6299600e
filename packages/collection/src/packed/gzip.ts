/**
 * gzip, RFC 1952. A member has a header, deflated data that alone knows where it ends, and 8 bytes: the checksum and the
 * length of what was packed.
 */
import type { gunzipSync } from 'node:zlib';
import type { ByteWindow } from './byte-window.ts';
import { badPiece, type Codec, type Flaw, isTooLong, MOST_HELD, MOST_OF_RUN, type Piece, type Run } from './codec.ts';
import { DecoderPump, SLICE } from './decoder-pump.ts';
import { zlib } from './zlib.ts';

/** Two bytes of magic and the only method of packing there is. */
const MAGIC = Buffer.from([0x1f, 0x8b, 0x08]);
const FIXED_HEADER = 10;
const TRAILER = 8;
/** A header holds a file's name and a comment; they are short. */
const LONGEST_HEADER = 64 * 1024;
/** What looks like the beginning of a member may be packed data by chance: how often an earlier one is tried. */
const TRIES = 3;

export const gzip: Codec = {
  magic: MAGIC,

  unpackRun(bytes, isEnd) {
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let end = isEnd ? all.length : all.lastIndexOf(MAGIC);
    for (let tries = 0; tries < TRIES && end > 0; tries++) {
      const text = gunzipWhole(all.subarray(0, end));
      if (text) return { bytes: end, text };
      end = all.lastIndexOf(MAGIC, end - 1);
    }
    return undefined;
  },

  unpackPiece(bytes): Piece {
    const header = headerLength(bytes);
    if (typeof header !== 'number') return header;
    try {
      const body = unpackAll(zlib().inflateRawSync, bytes.subarray(header), MOST_HELD);
      const end = header + body.bytes + TRAILER;
      if (end > bytes.length) return { kind: 'unfinished' };
      const trailer = { crc: zlib().crc32(body.text), length: body.text.length };
      const flaw = checkTrailer(bytes.subarray(end - TRAILER, end), trailer);
      return flaw ?? { kind: 'whole', bytes: end, text: body.text, isChecked: true };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR') return { kind: 'unfinished' };
      return isTooLong(error) ? { kind: 'long', isChecked: true } : badPiece(error);
    }
  },

  stream: streamMember,
};

async function* streamMember(window: ByteWindow): AsyncGenerator<Uint8Array, Flaw | undefined> {
  await window.fill(LONGEST_HEADER);
  const header = headerLength(window.bytes);
  if (typeof header !== 'number') return header;
  window.take(header);
  const pump = new DecoderPump(zlib().createInflateRaw());
  const sum = { crc: 0, length: 0 };
  try {
    while (!pump.isEnded) {
      await window.fill(SLICE);
      if (window.bytes.length === 0) return { kind: 'unfinished' };
      const before = pump.taken;
      for (const text of await pump.write(window.bytes.subarray(0, SLICE))) {
        sum.crc = zlib().crc32(text, sum.crc);
        sum.length += text.length;
        yield text;
      }
      if (pump.failure) return badPiece(pump.failure);
      window.take(pump.taken - before);
    }
  } finally {
    pump.close();
  }
  if (!(await window.fill(TRAILER))) return { kind: 'unfinished' };
  const flaw = checkTrailer(window.bytes.subarray(0, TRAILER), sum);
  if (!flaw) window.take(TRAILER);
  return flaw;
}

/** Unpacks members that are these bytes and nothing else: gunzip itself passes silently over zeros behind a member. */
function gunzipWhole(bytes: Uint8Array): Uint8Array | undefined {
  try {
    const run = unpackAll(zlib().gunzipSync, bytes, MOST_OF_RUN);
    return run.bytes === bytes.length ? run.text : undefined;
  } catch (error) {
    if (!isTooLong(error)) badPiece(error);
    return undefined;
  }
}

/** Unpacks and tells how many of the bytes were used. */
function unpackAll(unpack: typeof gunzipSync, bytes: Uint8Array, maxOutputLength: number): Run {
  // With `info` Node gives the engine too; its type declarations do not know that.
  const options = { info: true, maxOutputLength, chunkSize: 256 * 1024 };
  const { buffer, engine } = unpack(bytes, options) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
  return { text: buffer, bytes: engine.bytesWritten };
}

function headerLength(bytes: Uint8Array): number | Flaw {
  const magic = bytes.subarray(0, MAGIC.length);
  if (!MAGIC.subarray(0, magic.length).equals(magic)) return bad('this is not the beginning of a gzip member');
  const flags = bytes[3];
  if (flags === undefined || bytes.length < FIXED_HEADER) return { kind: 'unfinished' };
  if (flags & 0xe0) return bad('the header has reserved flags set');
  let at = FIXED_HEADER;
  if (flags & 0x04) at += 2 + ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
  for (const flag of [0x08, 0x10]) if (flags & flag) at = endOfText(bytes, at); // name, comment
  if (flags & 0x02) at += 2;
  if (at <= bytes.length) return at;
  return bytes.length < LONGEST_HEADER ? { kind: 'unfinished' } : bad('the header does not end');
}

function endOfText(bytes: Uint8Array, from: number): number {
  const zero = bytes.indexOf(0, from);
  return zero < 0 ? Number.POSITIVE_INFINITY : zero + 1;
}

function checkTrailer(trailer: Uint8Array, sum: { crc: number; length: number }): (Flaw & { kind: 'bad' }) | undefined {
  const view = new DataView(trailer.buffer, trailer.byteOffset, TRAILER);
  const isRight = view.getUint32(0, true) === sum.crc && view.getUint32(4, true) === sum.length % 2 ** 32;
  return isRight ? undefined : { kind: 'bad', problem: 'Z_DATA_ERROR: incorrect data check' };
}

function bad(problem: string): Flaw {
  return { kind: 'bad', problem };
}
