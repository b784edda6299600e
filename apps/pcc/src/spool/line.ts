const OPEN = '{'.charCodeAt(0);
const CLOSE = '}'.charCodeAt(0);
const LINE_FEED = '\n'.charCodeAt(0);

const EVENT = Buffer.from('"event":');
const HEADER = Buffer.from('{"collection":');

/** Where the kind of a line of ours shows: an event has nothing else than its moment and its run before the word. */
const KIND_BYTES = 200;

/** Whether a line of ours is a sample: neither an event nor a header. */
export function isSample(line: Uint8Array): boolean {
  const begin = asBuffer(line).subarray(0, KIND_BYTES);
  return !begin.includes(EVENT) && begin.indexOf(HEADER) !== 0;
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

/**
 * Tells where each line is and what, and gives the length of all of them. It makes nothing for a line: of those there
 * are hundreds of thousands in a spool that was filled for a day. Torn is one that is not there from its first byte to its
 * last: after a power cut the end of a file may be missing, or be zeros. What is damaged within is for the server to find,
 * which refuses that one line.
 */
export function linePlaces(
  bytes: Buffer,
  tell: (start: number, end: number, kind: 'sample' | 'other' | 'torn') => void,
): number {
  const [zeroFrom, eventFrom] = [finder(bytes, 0), finder(bytes, EVENT)];
  let start = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, start)) {
    const end = at + 1;
    const hasEnds = bytes[start] === OPEN && bytes[end - 2] === CLOSE;
    if (!hasEnds || zeroFrom(start) < end) tell(start, end, 'torn');
    else {
      const isEvent = eventFrom(start) + EVENT.length <= Math.min(end, start + KIND_BYTES);
      const isOther = isEvent || bytes.compare(HEADER, 0, HEADER.length, start, start + HEADER.length) === 0;
      tell(start, end, isOther ? 'other' : 'sample');
    }
    start = end;
  }
  return start;
}

/** Gives the first place of something from another on, which only grows; the length where there is none. */
function finder(bytes: Buffer, what: number | Buffer): (from: number) => number {
  let found = -1;
  return (from) => {
    if (found < from) {
      const at = bytes.indexOf(what, from);
      found = at < 0 ? bytes.length : at;
    }
    return found;
  };
}

/** The same bytes with the methods of a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
