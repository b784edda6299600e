/**
 * A table as one blob: named columns of equal length, packed in blocks of a few kilobytes, so that a reader of few columns
 * unpacks and decodes only those.
 *
 *     version · packed directory (its length before it) · packed blocks
 *     directory: JSON [rows, names, length of each column, columns of each block, packed length of each block]
 *
 * All but the version and that length is under zstd's checksums: a flipped bit never passes for another value.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ByteReader, DamagedError } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import type { Column } from './column.ts';
import { decodeColumn, encodeColumn } from './column-codec.ts';

const VERSION = 1;
/** Of columns, before packing: small enough to unpack for one of them, large enough to pack well. */
const BLOCK_BYTES = 16 * 1024;
/** Nothing that was packed here is larger: what claims to be is damaged. */
const MOST_UNPACKED = 256 * 1024 * 1024;

type Directory = readonly [
  rows: number,
  names: readonly string[],
  lengths: readonly number[],
  blockColumns: readonly number[],
  blockBytes: readonly number[],
];

/** @param columns all of `rows` rows, in the order in which they are given back */
export function encodeFrame(rows: number, columns: ReadonlyMap<string, Column>): Uint8Array {
  const raw = new ByteWriter();
  const lengths: number[] = [];
  const blockColumns: number[] = [];
  const blocks: Uint8Array[] = [];
  let inBlock = 0;
  const endBlock = () => {
    if (inBlock === 0) return;
    blockColumns.push(inBlock);
    blocks.push(pack(raw.view()));
    raw.clear();
    inBlock = 0;
  };
  for (const column of columns.values()) {
    const start = raw.length;
    encodeColumn(column, raw);
    lengths.push(raw.length - start);
    inBlock += 1;
    if (raw.length >= BLOCK_BYTES) endBlock();
  }
  endBlock();
  const directory: Directory = [rows, [...columns.keys()], lengths, blockColumns, blocks.map(({ length }) => length)];
  const packed = pack(Buffer.from(JSON.stringify(directory)));
  const frame = new ByteWriter();
  frame.byte(VERSION);
  frame.varint(packed.length);
  for (const part of [packed, ...blocks]) frame.append(part);
  return frame.take();
}

/** A frame that is being read. Every method throws DamagedError where its bytes are not what was written. */
export class Frame {
  readonly rows: number;
  readonly names: readonly string[];
  readonly #places: Map<string, Place>;
  readonly #blocks: Block[];

  constructor(bytes: Uint8Array) {
    const reader = new ByteReader(bytes);
    if (reader.byte() !== VERSION) throw new DamagedError('it is of no version that is known here');
    const [rows, names, lengths, blockColumns, blockBytes] = parseDirectory(reader.bytes(reader.varint()));
    this.rows = rows;
    this.names = names;
    this.#blocks = blockBytes.map((length) => ({ packed: reader.bytes(length), unpacked: undefined }));
    this.#places = placesOf(names, lengths, blockColumns);
  }

  has(name: string): boolean {
    return this.#places.has(name);
  }

  /** Undefined where there is no such column. */
  column(name: string): Column | undefined {
    const place = this.#places.get(name);
    if (!place) return undefined;
    const block = this.#blocks[place.block];
    if (!block) throw new DamagedError('a part of it is missing');
    block.unpacked ??= unpack(block.packed);
    return decodeColumn(new ByteReader(block.unpacked, place.at), this.rows);
  }
}

interface Place {
  readonly block: number;
  readonly at: number;
}

interface Block {
  readonly packed: Uint8Array;
  unpacked: Uint8Array | undefined;
}

function placesOf(
  names: readonly string[],
  lengths: readonly number[],
  blockColumns: readonly number[],
): Map<string, Place> {
  const places = new Map<string, Place>();
  let next = 0;
  for (const [block, columns] of blockColumns.entries()) {
    let at = 0;
    for (const end = next + columns; next < end; next += 1) {
      places.set(names[next] ?? '', { block, at });
      at += lengths[next] ?? 0;
    }
  }
  if (next !== names.length) throw new DamagedError('its directory does not hold together');
  return places;
}

function parseDirectory(packed: Uint8Array): Directory {
  const text = Buffer.from(unpack(packed)).toString('utf8');
  try {
    return JSON.parse(text) as Directory;
  } catch (error) {
    throw new DamagedError('its directory is unreadable', { cause: error });
  }
}

function pack(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
}

function unpack(bytes: Uint8Array): Uint8Array {
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: MOST_UNPACKED });
  } catch (error) {
    throw new DamagedError('a part of it cannot be unpacked', { cause: error });
  }
}
