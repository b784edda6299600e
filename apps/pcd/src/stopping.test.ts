import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { startServer } from './test-server.ts';

const error = 'this pcd is stopping; send it again later';

it.each([
  ['/v1/machines', 503, { error, code: 'STOPPING' }],
  ['/v1/health', 503, { status: 'unavailable', error, code: 'STOPPING' }],
  ['/v1/health/live', 200, { status: 'ok' }],
])('a pcd that stops ends what it has begun, and answers %s behind it with %d', async (path, status, body) => {
  await using server = await startServer();
  const stopping = new Promise<void>((begun) => server.app.addHook('preClose', async () => begun()));
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.app.server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  const received = text(socket);
  const head = 'Host: pcd\r\nContent-Type: application/json\r\n';
  socket.write(`POST /v1/ping HTTP/1.1\r\n${head}Content-Length: 17\r\n\r\n{"timest`);
  await once(server.app.server, 'request');
  const closed = server.app.close();
  await stopping;
  socket.write(`amp":1.5}GET ${path} HTTP/1.1\r\nHost: pcd\r\n\r\n`);
  await closed;
  const [, first = '', second = ''] = (await received).split('HTTP/1.1 ');
  expect(first).toMatch(/^200 [\s\S]*\{"origintimestamp":1.5,/);
  expect(second).toMatch(new RegExp(`^${status} [\\s\\S]*\r\nConnection: close\r\n`));
  expect(JSON.parse(second.split('\r\n\r\n')[1] ?? '')).toEqual(body);
});
