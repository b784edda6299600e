import type { ByteWindow } from './byte-window.ts';

/**
 * A kind of packing: data is packed in pieces (zstd's frames, gzip's members) that follow one another, each with a
 * beginning that can be told and, at its end, a checksum.
 */
export interface Codec {
  /** What every piece begins with. */
  readonly magic: Buffer;
  /** Unpacks whole pieces from the beginning of these bytes on, all at once; undefined where that does not go smoothly. */
  unpackRun(bytes: Uint8Array, isEnd: boolean): Run | undefined;
  /** Unpacks the piece that these bytes begin with. */
  unpackPiece(bytes: Uint8Array): Piece;
  /** Unpacks a piece of any length as it is read and takes it off the window. Returns what was wrong with it. */
  stream(window: ByteWindow): AsyncGenerator<Uint8Array, Flaw | undefined>;
}

export interface Run {
  /** Length of the packed pieces. */
  readonly bytes: number;
  readonly text: Uint8Array;
}

export type Piece =
  | ({ readonly kind: 'whole'; readonly isChecked: boolean } & Run)
  /** It goes on behind these bytes. */
  | { readonly kind: 'unfinished' }
  /** It unpacks to more than is held in memory: for `stream`. */
  | { readonly kind: 'long'; readonly isChecked: boolean }
  | { readonly kind: 'bad'; readonly problem: string };

/** Why a piece could not be unpacked to its end: it is cut off, or damaged. */
export type Flaw = { readonly kind: 'unfinished' } | { readonly kind: 'bad'; readonly problem: string };

/** What a piece may unpack to if it is to be held until its checksum is known to be right. */
export const MOST_HELD = 1024 * 1024;
/** What a run of pieces may unpack to. */
export const MOST_OF_RUN = 16 * 1024 * 1024;

/** Whether the decoder was stopped because more came out than may be held. */
export function isTooLong(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
}

/** What the decoder said of data that it does not take. @throws the error, where it is not the decoder's */
export function badPiece(error: unknown): Flaw & { kind: 'bad' } {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (!/^Z_|^ZSTD_/.test(code)) throw error;
  return { kind: 'bad', problem: `${code}: ${message}` };
}
