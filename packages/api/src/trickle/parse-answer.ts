/** An HTTP/1.1 answer, whole. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; what comes several times is joined by commas. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  /** Whether the connection takes another request. */
  readonly isKeptAlive: boolean;
}

/** What came is no HTTP answer, or not a whole one. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
}

/** pcd answers in some hundred bytes; what is this long is something else, and is not held in memory. */
const LONGEST_ANSWER = 64 * 1024;

interface Parsed {
  readonly answer: HttpAnswer;
  /** Bytes of it. */
  readonly length: number;
}

/**
 * Reads one answer from what has come so far; undefined where more must come. It always begins at the first byte again:
 * answers are short, and so a split at any byte cannot matter.
 * @param isEnd nothing more comes
 * @throws AnswerError
 */
export function parseAnswer(bytes: Buffer, isEnd: boolean): Parsed | undefined {
  const parsed = parseFrom(bytes, 0, isEnd);
  if (parsed) return parsed;
  if (bytes.length > LONGEST_ANSWER) throw new AnswerError(`the answer is longer than ${LONGEST_ANSWER} bytes`);
  if (isEnd) throw new AnswerError(`the answer broke off after ${bytes.length} bytes`);
  return undefined;
}

function parseFrom(bytes: Buffer, start: number, isEnd: boolean): Parsed | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n', start);
  if (headEnd < 0) {
    checkBegin(bytes.subarray(start));
    return undefined;
  }
  const [first = '', ...lines] = bytes.toString('latin1', start, headEnd).split('\r\n');
  const { status, isOld } = parseStatus(first);
  const headers = parseHeaders(lines);
  const bodyStart = headEnd + 4;
  // 100 Continue and its like announce the real answer.
  if (status < 200 && status !== 101) return parseFrom(bytes, bodyStart, isEnd);
  if (status === 101) throw new AnswerError('the server changed the protocol, which nobody asked for');
  const found = bodyOf({ status, headers, bytes, start: bodyStart, isEnd });
  if (!found) return undefined;
  const wish = headers.get('connection')?.toLowerCase() ?? '';
  const isKeptAlive = !found.isToEnd && (isOld ? /\bkeep-alive\b/ : /^(?!.*\bclose\b)/).test(wish);
  return { answer: { status, headers, body: found.body, isKeptAlive }, length: found.end };
}

/** What does not begin as HTTP does will not become it by waiting. */
function checkBegin(bytes: Buffer): void {
  const begin = bytes.toString('latin1', 0, 5);
  if (!'HTTP/'.startsWith(begin)) throw new AnswerError(`${JSON.stringify(begin)} is not how an HTTP answer begins`);
}

function parseStatus(line: string): { status: number; isOld: boolean } {
  const [, minor, status] = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(line) ?? [];
  if (status === undefined) throw new AnswerError(`${JSON.stringify(line.slice(0, 60))} is no HTTP/1.1 status line`);
  return { status: Number(status), isOld: minor === '0' };
}

function parseHeaders(lines: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value = ''] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name === undefined) throw new AnswerError(`${JSON.stringify(line.slice(0, 60))} is no header line`);
    const before = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

interface Rest {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly bytes: Buffer;
  readonly start: number;
  readonly isEnd: boolean;
}

interface Body {
  readonly body: Buffer;
  readonly end: number;
  /** It goes to the end of the connection. */
  readonly isToEnd?: boolean;
}

/** RFC 9112, 6.3: how long the body is. */
function bodyOf({ status, headers, bytes, start, isEnd }: Rest): Body | undefined {
  if (status === 204 || status === 304) return { body: Buffer.alloc(0), end: start };
  const coding = headers.get('transfer-encoding');
  if (coding !== undefined) {
    if (coding.toLowerCase() !== 'chunked') throw new AnswerError(`the transfer encoding ${coding} is not known here`);
    return parseChunks(bytes, start);
  }
  const length = lengthOf(headers.get('content-length'));
  if (length === undefined) {
    return isEnd ? { body: bytes.subarray(start), end: bytes.length, isToEnd: true } : undefined;
  }
  const end = start + length;
  return end <= bytes.length ? { body: bytes.subarray(start, end), end } : undefined;
}

function lengthOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const [length = '', ...others] = new Set(header.split(',').map((part) => part.trim()));
  if (others.length > 0 || !/^\d{1,15}$/.test(length)) throw new AnswerError(`the content-length ${header} is none`);
  if (Number(length) > LONGEST_ANSWER) throw new AnswerError(`the answer is ${length} bytes long, more than is read`);
  return Number(length);
}

function parseChunks(bytes: Buffer, start: number): Body | undefined {
  const chunks: Buffer[] = [];
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = chunkSize(bytes.toString('latin1', at, lineEnd));
    const data = lineEnd + 2;
    if (size === 0) return endOfChunks(bytes, data, chunks);
    if (bytes.length < data + size + 2) return undefined;
    if (bytes.toString('latin1', data + size, data + size + 2) !== '\r\n')
      throw new AnswerError('a chunk of the answer is not as long as it says');
    chunks.push(bytes.subarray(data, data + size));
    at = data + size + 2;
  }
}

function chunkSize(line: string): number {
  const [, digits] = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/.exec(line) ?? [];
  if (digits === undefined) throw new AnswerError(`${JSON.stringify(line.slice(0, 60))} is no length of a chunk`);
  const size = Number.parseInt(digits, 16);
  if (size > LONGEST_ANSWER) throw new AnswerError(`a chunk of the answer is ${size} bytes long, more than is read`);
  return size;
}

/** Behind the last chunk come trailers, which say nothing that we ask for, and an empty line. */
function endOfChunks(bytes: Buffer, start: number, chunks: readonly Buffer[]): Body | undefined {
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    if (lineEnd === at) return { body: Buffer.concat(chunks), end: at + 2 };
    at = lineEnd + 2;
  }
}
