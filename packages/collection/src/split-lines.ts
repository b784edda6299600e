/** A piece between two line feeds. */
export interface TextLine {
  /** 1-based. */
  readonly number: number;
  /** Bytes, the line feed not counted. */
  readonly bytes: number;
  /** Undefined where the line is longer than the limit: it was counted and passed over. */
  readonly text: string | undefined;
  /** No line feed follows: the input ended here. */
  readonly isLast: boolean;
}

/** No kernel file is near this long; a longer line is damage, and holding it would cost the reader its memory. */
const LONGEST_LINE = 16 * 1024 * 1024;
const LINE_FEED = 0x0a;

/**
 * Cuts a stream of bytes into lines, in memory bounded by the longest line. Blank lines are passed over (and counted
 * in the numbering).
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, longest = LONGEST_LINE): AsyncGenerator<TextLine> {
  let number = 1;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  const take = (end: Uint8Array, isLast: boolean): TextLine => {
    const bytes = heldBytes + end.length;
    const whole = bytes > longest ? undefined : Buffer.concat([...held, end]).toString('utf8');
    const text = number === 1 ? whole?.replace(/^\uFEFF/, '') : whole; // editors put a byte order mark before a file
    held = [];
    heldBytes = 0;
    return { number: number++, bytes, text, isLast };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      const line = take(chunk.subarray(start, end), false);
      if (line.text === undefined || line.text.trim() !== '') yield line;
      start = end + 1;
    }
    heldBytes += chunk.length - start;
    if (heldBytes > longest) held = [];
    else if (start < chunk.length) held.push(chunk.subarray(start));
  }
  if (heldBytes > 0) yield take(new Uint8Array(0), true);
}
