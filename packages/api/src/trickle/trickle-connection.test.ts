import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { zstdDecompressSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { ApiError } from '../api-error.ts';
import { TrickleConnection, type TrickleOptions } from './trickle-connection.ts';

const KEY = 'pck_0123456789ab_secret';
const LINE = Buffer.from('{"timestamp":1,"fields":{}}\n');

async function listen(server: Server | TcpServer, host = '127.0.0.1'): Promise<number> {
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function open(options: Omit<TrickleOptions, 'apiKey'>): TrickleConnection {
  const connection = new TrickleConnection({ apiKey: KEY, ...options });
  onTestFinished(() => connection.close());
  return connection;
}

async function serve(answer: RequestListener): Promise<{ connection: TrickleConnection; server: Server }> {
  const server = createServer(answer);
  const port = await listen(server);
  return { server, connection: open({ server: `http://127.0.0.1:${port}` }) };
}

/** A server that does with each connection what the test wants; connections are counted from 0. */
async function serveTcp(onConnection: (socket: Socket, at: number) => void, timeouts = {}): Promise<TrickleConnection> {
  let count = 0;
  const server = createTcpServer((socket) => {
    onTestFinished(() => void socket.destroy());
    onConnection(
      socket.on('error', () => {}),
      count++,
    );
  });
  return open({ server: `http://127.0.0.1:${await listen(server)}`, ...timeouts });
}

async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  if (!(error instanceof ApiError)) throw new Error(`expected an ApiError, got ${String(error)}`);
  expect(`${error.message} ${error.hint} ${String(error.cause)}`).not.toContain(KEY);
  return error;
}

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';

/** Calls back with every whole request. */
function onRequests(socket: Socket, answer: () => void): void {
  let received = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, Buffer.from(chunk)]);
    const head = received.indexOf('\r\n\r\n');
    const length = Number(/content-length: (\d+)/i.exec(received.toString('latin1'))?.[1]);
    if (head < 0 || received.length < head + 4 + length) return;
    received = received.subarray(head + 4 + length);
    answer();
  });
}

test('lines go out as one zstd body, many requests over one connection, under any base path', async () => {
  const asked: { url: string | undefined; headers: object; body: unknown }[] = [];
  const { server, connection } = await serve(async (request, response) => {
    const body = JSON.parse(zstdDecompressSync(await buffer(request)).toString());
    asked.push({ url: request.url, headers: request.headers, body });
    response.end('{}');
  });
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  const behindProxy = open({ server: `${connection.server}/pcd/` });
  await behindProxy.send('web "01"', [LINE, LINE.subarray(0, -1)]);
  for (let at = 0; at < 20; at += 1) await behindProxy.send('m', [LINE]);
  await behindProxy.send('m', []);
  expect(asked[0]).toMatchObject({
    url: '/pcd/v1/trickle',
    headers: { 'x-api-key': KEY, 'content-type': 'application/json', host: new URL(connection.server).host },
    body: { identifier: 'web "01"', measurements: [{ timestamp: 1 }, { timestamp: 1 }] },
  });
  expect([asked.length, connections, behindProxy.opened]).toEqual([22, 1, 1]);
});

test('bodies of any length arrive as they are', async () => {
  const bodies: string[] = [];
  const { connection } = await serve(async (request, response) => {
    bodies.push(zstdDecompressSync(await buffer(request)).toString());
    response.end('{}');
  });
  const lines = [10, 10_000, 1_000_000, 10].map((length) => Buffer.from(`"${'0123456789'.repeat(length / 10)}"\n`));
  await Promise.all(lines.map((line) => connection.send('m', [line]))); // at once: they wait for each other
  expect(bodies).toEqual(lines.map((line) => `{"identifier":"m","measurements":[${line.toString().trim()}]}`));
});

test('a server that closes a connection it kept alive is asked again at once', async () => {
  const connection = await serveTcp((socket) => onRequests(socket, () => socket.write(OK, () => socket.end())));
  for (let at = 0; at < 10; at += 1) await connection.send('m', [LINE]);
  expect(connection.opened).toBeGreaterThan(1);
});

test('a request that a kept connection swallows goes out once more, on a fresh one', async () => {
  let requests = 0;
  const connection = await serveTcp((socket, at) =>
    onRequests(socket, () => {
      requests += 1;
      if (at === 0 && requests === 2) socket.resetAndDestroy();
      else socket.write(OK);
    }),
  );
  await connection.send('m', [LINE]);
  await connection.send('m', [LINE]);
  expect([requests, connection.opened]).toEqual([3, 2]);
});

test('a fresh connection that is closed without an answer is a failure, and not asked again', async () => {
  let connections = 0;
  const connection = await serveTcp((socket) => {
    connections += 1;
    onRequests(socket, () => socket.end());
  });
  expect(await failureOf(connection.send('m', [LINE]))).toMatchObject({ code: 'UNREACHABLE', status: 0 });
  expect(connections).toBe(1);
});

test('an answer that comes unasked costs the connection and nothing else', async () => {
  const connection = await serveTcp((socket) => onRequests(socket, () => socket.write(`${OK}${OK}`)));
  for (let at = 0; at < 3; at += 1) await connection.send('m', [LINE]);
  expect(connection.opened).toBe(3);
});

test('Connection: close is obeyed', async () => {
  const { connection } = await serve((_, response) => void response.setHeader('connection', 'close').end('{}'));
  for (let at = 0; at < 3; at += 1) await connection.send('m', [LINE]);
  expect(connection.opened).toBe(3);
});

test('IPv6 addresses are understood', async () => {
  const server = createServer((request, response) => void response.end(request.headers.host ? '{}' : 'no host'));
  const port = await listen(server, '::1');
  await open({ server: `http://[::1]:${port}` }).send('m', [LINE]);
});

test.each([
  ['pcd refuses', 401, '{"error":"the key is not valid","code":"BAD_KEY"}', 'BAD_KEY', /refused: the key is not valid/],
  ['a gateway answers', 502, '<html>', 'NOT_PCD', /answered POST \/v1\/trickle with HTTP 502/],
  ['something else answers', 200, '<html>', 'NOT_PCD', /gave no answer that pcd would give/],
  ['an error comes with 200', 200, '{"error":"x","code":"Y"}', 'NOT_PCD', /gave no answer that pcd would give/],
])('%s: the code and the status tell', async (_, status, body, code, message) => {
  const { connection } = await serve((__, response) => void response.writeHead(status).end(body));
  const error = await failureOf(connection.send('m', [LINE]));
  expect(error).toMatchObject({ code, status });
  expect(error.message).toMatch(message);
});

test('Retry-After is passed on', async () => {
  const { connection } = await serve(
    (_, response) => void response.writeHead(429, { 'retry-after': '17' }).end('{"error":"slow down","code":"LIMIT"}'),
  );
  expect(await failureOf(connection.send('m', [LINE]))).toMatchObject({ status: 429, code: 'LIMIT', retryAfter: 17 });
});

test.each([
  ['refuses connections', 'http://127.0.0.1:1', 'UNREACHABLE', /cannot reach http:\/\/127.0.0.1:1: ECONNREFUSED/],
  ['has no address', 'http://nowhere.invalid', 'UNREACHABLE', /cannot reach http:\/\/nowhere.invalid: E/],
])('a server that %s is told by its name', async (_, server, code, message) => {
  const error = await failureOf(open({ server }).send('m', [LINE]));
  expect(error).toMatchObject({ code, status: 0 });
  expect(error.message).toMatch(message);
});

test('a server that never answers is a TIMEOUT, and the next request has a fresh connection', async () => {
  const times = { answerTimeoutMs: 50 };
  const connection = await serveTcp((socket, at) => onRequests(socket, () => at > 0 && socket.write(OK)), times);
  expect(await failureOf(connection.send('m', [LINE]))).toMatchObject({ code: 'TIMEOUT', status: 0 });
  await connection.send('m', [LINE]);
});

test('a TLS handshake that never comes to its end is a TIMEOUT', async () => {
  const { port } = new URL((await serveTcp(() => {})).server);
  const connection = open({ server: `https://127.0.0.1:${port}`, connectTimeoutMs: 50 });
  expect(await failureOf(connection.send('m', [LINE]))).toMatchObject({ code: 'TIMEOUT', status: 0 });
});

test('closing ends a request that is under way, and refuses those after it', async () => {
  const connection = await serveTcp((socket) => socket.once('data', () => connection.close()));
  expect(await failureOf(connection.send('m', [LINE]))).toMatchObject({ code: 'UNREACHABLE' });
  expect(await failureOf(connection.send('m', [LINE]))).toMatchObject({ code: 'UNREACHABLE' });
});
