import type { ByteWindow } from './byte-window.ts';
import { type Codec, MOST_HELD, type Piece, type Run } from './codec.ts';

/** A stretch of packed data that could not be unpacked. */
export interface Hole {
  /** Offset of its first byte in the file. */
  readonly at: number;
  readonly bytes: number;
  /** Undefined where the data ends in the middle of a piece: that one was read as far as it goes. */
  readonly problem: string | undefined;
}

/** How much is read before unpacking begins; the rest of a piece that is longer is read as it turns out. */
const STEP = 256 * 1024;
/** Among damaged data, how many beginnings of pieces are tried before one in so many bytes: bounds the work. */
const FREE_TRIES = 4096;
const BYTES_PER_TRY = 128;
const LINE_FEED = 0x0a;

/**
 * Unpacks pieces that follow one another, in memory that does not grow with them. What is damaged is left out and told,
 * and reading goes on at the next piece whose checksum is right. Of a piece that is cut off at the end of the data,
 * and of a long one, what comes before the damage is given.
 */
export async function* unpack(
  window: ByteWindow,
  codec: Codec,
  tell: (hole: Hole) => void,
): AsyncGenerator<Uint8Array> {
  let last = LINE_FEED;
  for await (const part of new Unpacker(window, codec, tell).parts()) {
    // A line that was broken off must not be taken for the beginning of what stands behind the hole.
    const text = part === 'hole' ? Buffer.from(last === LINE_FEED ? '' : '\n') : part;
    last = text.at(-1) ?? last;
    if (text.length > 0) yield text;
  }
  window.throwFailure();
}

class Unpacker {
  readonly #window: ByteWindow;
  readonly #codec: Codec;
  readonly #tell: (hole: Hole) => void;
  /** Up to this offset something stands in the way of unpacking many pieces at once. */
  #singlyUntil = 0;

  constructor(window: ByteWindow, codec: Codec, tell: (hole: Hole) => void) {
    this.#window = window;
    this.#codec = codec;
    this.#tell = tell;
  }

  async *parts(): AsyncGenerator<Uint8Array | 'hole'> {
    const window = this.#window;
    while (await window.fill(1)) {
      await window.fill(STEP);
      const run = this.#unpackRun();
      const piece = run ? undefined : await this.#readPiece();
      const whole = run ?? (piece?.kind === 'whole' ? piece : undefined);
      if (whole) {
        window.take(whole.bytes);
        yield whole.text;
      } else if (piece?.kind === 'bad') yield await this.#leaveOut(piece.problem);
      else if (piece?.kind === 'long' || !(await this.#passTorn())) yield* this.#stream();
      else yield 'hole';
    }
  }

  #unpackRun(): Run | undefined {
    const { offset, bytes, isEnded } = this.#window;
    if (offset < this.#singlyUntil) return undefined;
    const run = this.#codec.unpackRun(bytes, isEnded);
    if (!run) this.#singlyUntil = offset + bytes.length;
    return run;
  }

  /** The piece at the window's beginning; unfinished only where the data ends in it. */
  async #readPiece(): Promise<Piece> {
    const window = this.#window;
    for (;;) {
      const piece = this.#codec.unpackPiece(window.bytes);
      if (piece.kind !== 'unfinished' || window.isEnded) return piece;
      if (window.bytes.length > MOST_HELD) return { kind: 'long', isChecked: true };
      await window.fill(2 * window.bytes.length);
    }
  }

  async #leaveOut(problem: string): Promise<'hole'> {
    const at = this.#window.offset;
    await this.#findNext();
    return this.#hole(at, problem);
  }

  /**
   * A piece goes on behind the end of the data: either it is cut off there, or it was cut off earlier and others were
   * written behind it. Then it is passed over, up to the first of them.
   */
  async #passTorn(): Promise<boolean> {
    const at = this.#window.offset;
    const isFound = await this.#findNext();
    if (isFound) this.#hole(at, 'a piece is cut off');
    else this.#window.rewind(this.#window.offset - at);
    return isFound;
  }

  async *#stream(): AsyncGenerator<Uint8Array | 'hole'> {
    const window = this.#window;
    const begin = window.offset;
    const flaw = yield* this.#codec.stream(window);
    if (!flaw) return;
    const at = window.offset;
    window.rewind(Math.max(0, at - begin - 1)); // where it went wrong lies before where it shows
    const isFound = await this.#findNext();
    if (flaw.kind === 'bad') yield this.#hole(at, flaw.problem);
    else if (isFound) yield this.#hole(at, 'a piece is cut off');
    else this.#report({ at: begin, bytes: window.offset - begin, problem: undefined });
  }

  /** Goes to the next piece that is certainly one; false, and to the end of the data, where there is none. */
  async #findNext(): Promise<boolean> {
    const window = this.#window;
    const { magic } = this.#codec;
    const begin = window.offset;
    window.take(Math.min(1, window.bytes.length));
    for (let tries = 0; ; ) {
      const { bytes } = window;
      const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(magic);
      if (at >= 0) {
        window.take(at);
        const isAffordable = tries < FREE_TRIES || tries * BYTES_PER_TRY < window.offset - begin;
        if (isAffordable && (await this.#isPieceHere())) return true;
        if (isAffordable) tries += 1;
        window.take(1);
      } else if (window.isEnded) {
        window.take(bytes.length);
        return false;
      } else {
        window.take(Math.max(0, bytes.length - magic.length + 1));
        await window.fill(STEP);
      }
    }
  }

  /** Its checksum is right; or it is so long, and right so far, that it cannot look so by chance. */
  async #isPieceHere(): Promise<boolean> {
    const piece = await this.#readPiece();
    return (piece.kind === 'whole' || piece.kind === 'long') && piece.isChecked;
  }

  /** What was left out ends where the window is now, or before `at` where a piece was found in what had seemed right. */
  #hole(at: number, problem: string): 'hole' {
    const end = this.#window.offset;
    this.#report({ at: Math.min(at, end), bytes: Math.max(0, end - at), problem });
    return 'hole';
  }

  #report(hole: Hole): void {
    if (!this.#window.hasFailed) this.#tell(hole); // where reading failed, that is the damage
  }
}
