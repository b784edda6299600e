import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AnswerError, parseAnswer } from './parse-answer.ts';

interface Want {
  readonly status: number;
  readonly body: string;
  readonly isKeptAlive: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** What follows the answer in the same bytes. */
  readonly rest?: string;
}

const answers: readonly [name: string, text: string, want: Want][] = [
  ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}', { status: 200, body: '{}', isKeptAlive: true }],
  [
    'with headers in any case and blanks around their values',
    'HTTP/1.1 503 \r\ncOnTeNt-LeNgTh:  2 \r\nRETRY-AFTER:7\r\nX-Empty:\r\n\r\n{}',
    { status: 503, body: '{}', isKeptAlive: true, headers: { 'retry-after': '7', 'x-empty': '' } },
  ],
  ['without a reason', 'HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n', { status: 200, body: '', isKeptAlive: true }],
  [
    'in chunks, with extensions and trailers',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1;a="b"\r\n{\r\nA \r\n0123456789\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n',
    { status: 200, body: '{0123456789', isKeptAlive: true },
  ],
  [
    'in chunks and with a length: the chunks count',
    'HTTP/1.1 200 OK\r\ncontent-length: 50\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    { status: 200, body: '{}', isKeptAlive: true },
  ],
  ['204 without a body', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, body: '', isKeptAlive: true }],
  [
    'that closes the connection',
    'HTTP/1.1 200 OK\r\nConnection: Close\r\ncontent-length: 1\r\n\r\nx',
    { status: 200, body: 'x', isKeptAlive: false },
  ],
  ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx', { status: 200, body: 'x', isKeptAlive: false }],
  [
    'of HTTP/1.0 that keeps the connection',
    'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 1\r\n\r\nx',
    { status: 200, body: 'x', isKeptAlive: true },
  ],
  [
    'behind 100 Continue and 103 Early Hints',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}',
    { status: 200, body: '{}', isKeptAlive: true },
  ],
  [
    'with the same length twice',
    'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\n{}',
    { status: 200, body: '{}', isKeptAlive: true },
  ],
  [
    'with something behind it',
    'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1 408 x',
    { status: 200, body: '{}', isKeptAlive: true, rest: 'HTTP/1.1 408 x' },
  ],
];

/** Reads what comes in pieces, as a connection does. */
function parsePieces(pieces: readonly Buffer[]) {
  let received = Buffer.alloc(0);
  for (const piece of pieces) {
    received = Buffer.concat([received, piece]);
    const parsed = parseAnswer(received, false);
    if (parsed) return { ...parsed, rest: received.subarray(parsed.length) };
  }
  return undefined;
}

describe('an answer', () => {
  test.each(answers)('%s', (_, text, want) => {
    const { answer, length } = parseAnswer(Buffer.from(text), false) ?? {};
    expect(answer?.body.toString()).toBe(want.body);
    expect(answer).toMatchObject({ status: want.status, isKeptAlive: want.isKeptAlive });
    expect(Object.fromEntries(answer?.headers ?? [])).toMatchObject(want.headers ?? {});
    expect(text.slice(length)).toBe(want.rest ?? '');
  });

  test('is the same whatever pieces it comes in', () => {
    const cases = fc.constantFrom(...answers);
    fc.assert(
      fc.property(cases, fc.array(fc.nat(300)), ([, text, want], cuts) => {
        const bytes = Buffer.from(text);
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        const pieces = places.slice(1).map((place, at) => bytes.subarray(places[at], place));
        const parsed = parsePieces(pieces);
        expect(parsed?.answer).toMatchObject({ status: want.status, isKeptAlive: want.isKeptAlive });
        expect(parsed?.answer.body.toString()).toBe(want.body);
      }),
    );
  });

  test.each(answers)('%s is never taken for whole before its last byte', (_, text, want) => {
    const whole = text.slice(0, text.length - (want.rest ?? '').length);
    for (let length = 0; length < whole.length; length += 1)
      expect(parseAnswer(Buffer.from(whole.slice(0, length)), false)).toBeUndefined();
  });

  test('without a length goes to the end of the connection', () => {
    const bytes = Buffer.from('HTTP/1.1 200 OK\r\n\r\n{} and more');
    expect(parseAnswer(bytes, false)).toBeUndefined();
    const { answer } = parseAnswer(bytes, true) ?? {};
    expect([answer?.body.toString(), answer?.isKeptAlive]).toEqual(['{} and more', false]);
  });

  test('of any bytes at all is an answer, is waited for, or is an AnswerError', () => {
    const begin = fc.constantFrom('', 'HTTP/1.1 200 OK\r\n', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    fc.assert(
      fc.property(begin, fc.uint8Array(), fc.boolean(), (text, bytes, isEnd) => {
        try {
          parseAnswer(Buffer.concat([Buffer.from(text), bytes]), isEnd);
        } catch (error) {
          expect(error).toBeInstanceOf(AnswerError);
        }
      }),
    );
  });
});

const MUCH = 'x'.repeat(65 * 1024);

test.each([
  ['no HTTP', 'hello\r\n\r\n'],
  ['no HTTP from its first byte', 'SSH-2.0'],
  ['HTTP/2', 'HTTP/2 200 OK\r\n\r\n'],
  ['a change of protocol', 'HTTP/1.1 101 Switching\r\n\r\n'],
  ['a header without a colon', 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n'],
  ['a folded header', 'HTTP/1.1 200 OK\r\na: b\r\n c\r\n\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n'],
  ['a length that is none', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'],
  ['an encoding that is not known', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n'],
  ['a chunk length that is none', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
  ['a chunk that is longer than it says', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n'],
  ['a long body, announced', `HTTP/1.1 200 OK\r\ncontent-length: ${MUCH.length}\r\n\r\n`],
  ['a long chunk, announced', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffff\r\n'],
  ['a long body', `HTTP/1.1 200 OK\r\n\r\n${MUCH}`],
  ['a long head', `HTTP/1.1 200 OK\r\na: ${MUCH}`],
])('%s is refused at once', (_, text) => {
  expect(() => parseAnswer(Buffer.from(text), false)).toThrow(AnswerError);
});

test.each(answers.filter(([, , { rest }]) => !rest))('%s that breaks off is refused', (_, text) => {
  expect(() => parseAnswer(Buffer.from(text.slice(0, -1)), true)).toThrow(/broke off/);
});
