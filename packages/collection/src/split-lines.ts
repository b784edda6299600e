interface LineMark {
  /** 1-based. */
  readonly number: number;
  /** Bytes, the line feed not counted. */
  readonly bytes: number;
  /** No line feed follows: the input ended here. */
  readonly isLast: boolean;
}

/** A piece between two line feeds. */
export interface TextLine extends LineMark {
  /** Undefined where the line is longer than the limit: it was counted and passed over. */
  readonly text: string | undefined;
}

/** The same as it stands in the input. */
export interface ByteLine extends LineMark {
  /** A part of what was read, no copy of it; undefined as in a TextLine. */
  readonly content: Buffer | undefined;
}

/** No kernel file is near this long; a longer line is damage, and holding it would cost the reader its memory. */
const LONGEST_LINE = 16 * 1024 * 1024;
const LINE_FEED = 0x0a;

/**
 * Cuts a stream of bytes into lines, in memory bounded by the longest line. Blank lines are passed over (and counted
 * in the numbering).
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, longest = LONGEST_LINE): AsyncGenerator<TextLine> {
  for await (const lines of splitBytes(chunks, longest)) {
    for (const line of lines) {
      const { number, bytes, isLast } = line;
      const text = textOf(line);
      if (text === undefined || isLast || text.trim() !== '') yield { number, bytes, text, isLast };
    }
  }
}

/** The text of a line. */
export function textOf({ number, content }: ByteLine): string | undefined {
  const text = content?.toString('utf8');
  return number === 1 ? text?.replace(/^\uFEFF/, '') : text; // editors put a byte order mark before a file
}

/** The same, not looked into: the lines that each chunk ends, and the rest of the last one. */
export async function* splitBytes(
  chunks: AsyncIterable<Uint8Array>,
  longest = LONGEST_LINE,
): AsyncGenerator<readonly ByteLine[]> {
  const splitter = new Splitter(longest);
  for await (const chunk of chunks) yield splitter.add(chunk);
  yield splitter.end();
}

class Splitter {
  readonly #longest: number;
  #number = 1;
  /** What came of a line that has not ended. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  constructor(longest: number) {
    this.#longest = longest;
  }

  add(chunk: Uint8Array): ByteLine[] {
    const lines: ByteLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      lines.push(this.#take(chunk.subarray(start, end), false));
      start = end + 1;
    }
    this.#heldBytes += chunk.length - start;
    if (this.#heldBytes > this.#longest) this.#held = [];
    else if (start < chunk.length) this.#held.push(chunk.subarray(start));
    return lines;
  }

  end(): ByteLine[] {
    return this.#heldBytes > 0 ? [this.#take(new Uint8Array(0), true)] : [];
  }

  #take(end: Uint8Array, isLast: boolean): ByteLine {
    const bytes = this.#heldBytes + end.length;
    const pieces = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    return { number: this.#number++, bytes, content: bytes > this.#longest ? undefined : joined(pieces, end), isLast };
  }
}

function joined(pieces: readonly Uint8Array[], end: Uint8Array): Buffer {
  if (pieces.length > 0) return Buffer.concat([...pieces, end]);
  return Buffer.from(end.buffer, end.byteOffset, end.length);
}
