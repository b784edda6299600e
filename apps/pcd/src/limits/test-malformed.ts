/** Requests that nobody should send, made from a seed: the same seed makes the same ones. Nothing but tests imports it. */
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { requestBytes } from './test-raw-http.ts';

/** A number from 0 to below 1. */
export type Random = () => number;

/** mulberry32: small, and good enough to choose by. */
export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

function upTo(random: Random, most: number): number {
  return Math.floor(random() * (most + 1));
}

const TIME = 1_767_982_248;
/** Names that mean something to JavaScript, to a file system, to SQL, to HTTP, or to nobody. */
const NAMES = [
  'web01',
  'secret01',
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  '',
  '.',
  '..',
  '../../etc/passwd',
  '..%2f..%2fpcd.sqlite',
  '%2e%2e%2f',
  '%00',
  'a\u0000b',
  'a/b',
  'a\\b',
  "'; DROP TABLE sample; --",
  '%',
  '*',
  '\ud800',
  '😀',
  'x'.repeat(200),
  'x'.repeat(20_000),
  'null',
  'default/secret01',
  'machine_id',
];
/** What is no JSON. */
const NO_VALUES = ['NaN', 'Infinity', '01', '.5', "'x'", 'undefined', ''];
/** JSON texts. */
const VALUES = [
  '0',
  '-0',
  '1',
  '-1',
  '1e308',
  '1e400',
  '-1e400',
  '1e-400',
  '9007199254740993',
  '18446744073709551615',
  `${'9'.repeat(400)}`,
  'null',
  'true',
  '""',
  '"x"',
  '"\\ud800"',
  '"\\u0000"',
  '[]',
  '{}',
  '[[]]',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  `${TIME}`,
  `${TIME * 1000}`,
];
const DEPTHS = [3, 17, 1000, 20_000];

/** A JSON text of some kind, now and then very deep. */
function valueText(random: Random): string {
  const deep = pick(random, DEPTHS);
  if (random() < 0.03) return `${'['.repeat(deep)}${'1234567890123456789'.slice(upTo(random, 19))}${']'.repeat(deep)}`;
  if (random() < 0.03) return `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`;
  if (random() < 0.1) return `{${Array.from({ length: upTo(random, 4) }, () => memberText(random)).join()}}`;
  return pick(random, random() < 0.02 ? NO_VALUES : VALUES);
}

function memberText(random: Random, names: readonly string[] = NAMES): string {
  return `${JSON.stringify(pick(random, names))}:${valueText(random)}`;
}

const LINE_NAMES = [
  'timestamp',
  'fields',
  'run',
  'seq',
  'tags',
  'event',
  'subsystem',
  'measurement',
  'collection',
  'more',
  '__proto__',
];
const SUBSYSTEMS = [
  '/proc/stat',
  '/proc/meminfo',
  '/proc/diskstats',
  '/proc/net/dev',
  'statfs[*]',
  'container/docker/0123456789ab',
  '/proc/cpuinfo',
];

/** A line of a collection that is nearly right. */
function lineText(random: Random): string {
  const kind = random();
  const most = kind < 0.9 ? [`"timestamp":${TIME + upTo(random, 1000)}`] : [];
  if (kind < 0.5) most.push(`"fields":{${memberText(random)},${memberText(random)}}`);
  else if (kind < 0.7)
    most.push(
      `"subsystem":${JSON.stringify(pick(random, SUBSYSTEMS))}`,
      `"measurement":${JSON.stringify(noiseText(random))}`,
    );
  const more = Array.from({ length: upTo(random, 4) }, () => memberText(random, LINE_NAMES));
  return `{${[...most, ...more].join()}}`;
}

function noiseText(random: Random): string {
  const words = [
    'cpu ',
    'cpu0 ',
    '1 2 3',
    '\n',
    '{"id":',
    '}',
    'MemTotal: ',
    ' kB',
    'eth0:',
    '-1',
    '99999999999999999999',
    ':',
    '[',
    '"',
  ];
  return Array.from({ length: upTo(random, 20) }, () => pick(random, words)).join('');
}

function bodyText(random: Random): string {
  const lines = Array.from({ length: upTo(random, 5) }, () => lineText(random));
  const identifier =
    random() < 0.85 ? '"web01"' : random() < 0.5 ? JSON.stringify(pick(random, NAMES)) : valueText(random);
  return `{"identifier":${identifier},"measurements":[${lines.join()}]${random() < 0.2 ? `,${memberText(random)}` : ''}}`;
}

/** Bytes overwritten, cut off, repeated: now and then. */
function damaged(random: Random, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  const kind = random();
  if (kind < 0.7 || copy.length === 0) return copy;
  if (kind < 0.8) return copy.subarray(0, upTo(random, copy.length));
  if (kind < 0.85) return Buffer.concat([copy, copy.subarray(upTo(random, copy.length))]);
  for (let times = 1 + upTo(random, 4); times > 0; times -= 1) copy[upTo(random, copy.length - 1)] = upTo(random, 255);
  return copy;
}

/** What swells to 32 MiB. */
const BOMBS = [gzipSync(Buffer.alloc(2 ** 25, ' ')), zstdCompressSync(Buffer.alloc(2 ** 25, '['))];
/** A zstd frame that asks for a window of 2 GiB. */
const WIDE = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0xa8, 0x11, 0, 0, 0x7b, 0x7d]);

interface Packed {
  readonly encoding: string;
  readonly body: Buffer;
}

function packed(random: Random, text: string): Packed {
  const kind = random();
  const plain = Buffer.from(text);
  if (kind < 0.5) return { encoding: 'identity', body: damaged(random, plain) };
  if (kind < 0.7) return { encoding: 'zstd', body: damaged(random, zstdCompressSync(plain)) };
  if (kind < 0.9) return { encoding: 'gzip', body: damaged(random, gzipSync(plain)) };
  if (kind < 0.905) return { encoding: pick(random, ['gzip', 'zstd']), body: pick(random, BOMBS) };
  if (kind < 0.93) return { encoding: 'zstd', body: WIDE };
  return {
    encoding: pick(random, ['br', 'zstd, gzip', 'gzip', 'zstd', '__proto__', ' ', 'x'.repeat(500)]),
    body: plain,
  };
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'PROPFIND', 'TRACE', 'get', 'BREW'];
const TYPES = [
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'multipart/form-data; boundary=x',
  '',
  ';;;',
  'application/octet-stream',
  '__proto__',
];
const QUERIES = [
  '',
  '?',
  '?from=NaN',
  '?from=1e999',
  '?from=1&from=2',
  '?from=9&to=1',
  `?fields=*&from=${TIME}&to=${TIME + 1000}&points=10`,
  `?fields=__proto__,constructor&from=${TIME}&to=${TIME + 1000}&points=1`,
  '?fields=*&from=0&to=1e11&points=1e9',
  `?fields=${'*'.repeat(200)}x&from=0&to=${TIME}&points=1000`,
  '?tenant=victim&limit=1e9',
  '?identifier=',
  '?identifier=..%2f..',
  '?__proto__=1',
  '?%zz',
  '?from=-99999999999999999999',
  `?a=${'b'.repeat(3000)}`,
];

function pathOf(random: Random): string {
  const name = pick(random, [
    ...Array<string>(10).fill('web01'),
    'secret01',
    ...NAMES.map((name) => encodeURI(name.toWellFormed())),
  ]);
  const inside = ['', '/collection', '/completeness', '/series', '/..', '/../secret01/collection'];
  const kind = random();
  const path =
    kind < 0.5
      ? `/v1/machines/${name}${pick(random, inside)}`
      : kind < 0.7
        ? `/v1/keys/${name}${pick(random, ['', '/rotate'])}`
        : pick(random, [
            '/',
            '/v1/status',
            '/v1/audit',
            '/v1/machines',
            '/v1/../admin.key',
            '//v1/machines',
            '/v1/ping',
            '/metrics',
            '/openapi.json',
            '/v1/health/live',
            `/${name}`,
            '*',
            'http://other/v1/machines',
          ]);
  return `${path}${pick(random, QUERIES)}`.replaceAll(/[\s\u0000-\u001f]/g, '+');
}

const ODD_HEADERS = [
  'Expect: 200-ok',
  'Upgrade: websocket\r\nConnection: Upgrade',
  'Content-Length: 5',
  'Content-Length: -1',
  'Content-Length: 1\r\nContent-Length: 2',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip, chunked',
  `X-Long: ${'y'.repeat(10_000)}`,
  `X-Longer: ${'y'.repeat(40_000)}`,
  'X-Api-Key: a\r\nX-Api-Key: b',
  'Authorization: Bearer',
  'Authorization: Basic ZGVmYXVsdDo=',
  ' folded: yes',
  'no colon',
  'Bad\u0001Name: x',
  'X-Nul: a\u0000b',
  'X-Forwarded-For: 127.0.0.1',
  'Connection: close',
  '__proto__: x',
  'Range: bytes=0-9999999999',
];

/** What is hardly HTTP. */
const NO_HTTP = [
  '\u0016\u0003\u0001\u0002\u0000\u0001\u0000',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'GET /\r\n\r\n',
  'GET / HTTP/9.9\r\n\r\n',
  '\r\n\r\n\r\n',
  '{"identifier":"web01"}\r\n\r\n',
  `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  'POST /v1/trickle HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
];

export interface MalformedRequest {
  /** In short, for a person who looks for what went wrong. */
  readonly about: string;
  readonly bytes: Buffer;
  /** It may say that more follows, which does not. */
  readonly isLast: boolean;
}

/** @param keys some of which one is sent along */
export function malformedRequest(random: Random, keys: readonly string[]): MalformedRequest {
  const headers = [`X-API-Key: ${pick(random, keys)}`];
  const isOdd = random() < 0.1;
  if (isOdd) headers.push(pick(random, ODD_HEADERS));
  const kind = random();
  if (kind < 0.03) return { about: 'no HTTP', bytes: Buffer.from(pick(random, NO_HTTP), 'latin1'), isLast: true };
  if (kind < 0.3) {
    const line = `${random() < 0.7 ? 'GET' : pick(random, METHODS)} ${pathOf(random)}`;
    return { about: line.slice(0, 300), bytes: requestBytes(line, headers), isLast: isOdd };
  }
  const isUpload = kind < 0.5;
  const text = isUpload ? Array.from({ length: upTo(random, 6) }, () => lineText(random)).join('\n') : bodyText(random);
  const { encoding, body } = packed(random, text);
  if (encoding !== 'identity' || random() < 0.1) headers.push(`Content-Encoding: ${encoding}`);
  headers.push(`Content-Type: ${random() < 0.9 ? 'application/json' : pick(random, TYPES)}`);
  const others = ['keys', 'ping', 'machines/web01', 'trickle/', 'backup', 'prune', 'verify', 'vacuum', 'loglevel'];
  const path = isUpload
    ? `/v1/upload${random() < 0.7 ? '?identifier=web01' : pick(random, QUERIES)}`
    : random() < 0.8
      ? '/v1/trickle'
      : `/v1/${pick(random, others)}`;
  const about = `POST ${path} ${encoding} ${body.toString('latin1', 0, 200)}`;
  return { about, bytes: requestBytes(`POST ${path}`, headers, body), isLast: isOdd };
}
