const OPEN = '{'.charCodeAt(0);
const CLOSE = '}'.charCodeAt(0);
const LINE_FEED = '\n'.charCodeAt(0);

/** Where the kind of a line of ours shows: an event has nothing else than its moment and its run before the word. */
const KIND_BYTES = 200;

/** Whether a line of ours is a sample: neither an event nor a header. */
export function isSample(line: Uint8Array): boolean {
  const begin = asBuffer(line).subarray(0, KIND_BYTES);
  return !begin.includes('"event":') && begin.indexOf('{"collection":') !== 0;
}

/**
 * Whether a line (its line feed included) is there from its first byte to its last: after a power cut the end of a file
 * may be missing, or be zeros. What is damaged within is for the server to find, which refuses that one line.
 */
export function isWhole(line: Uint8Array): boolean {
  return line[0] === OPEN && line.at(-1) === LINE_FEED && line.at(-2) === CLOSE && !line.includes(0);
}

/** The lines in these bytes, line feeds included, each with its place; what is behind the last line feed is left. */
export function* linesIn(bytes: Uint8Array): Generator<{ line: Uint8Array; start: number; end: number }> {
  let start = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, start)) {
    const end = at + 1;
    yield { line: bytes.subarray(start, end), start, end };
    start = end;
  }
}

/** The same bytes with the methods of a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
