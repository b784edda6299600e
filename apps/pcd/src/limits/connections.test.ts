import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../test-server.ts';
import { openRaw, type RawConnection, requestBytes } from './test-raw-http.ts';

const VERSION = requestBytes('GET /v1/version', []);

function listen({ app }: TestServer): Promise<string> {
  return app.listen({ host: '127.0.0.1', port: 0 });
}

async function askVersion(connection: RawConnection): Promise<number | undefined> {
  connection.socket.write(VERSION);
  return (await connection.answer())?.status;
}

async function openMany(url: string, count: number): Promise<RawConnection[]> {
  return Promise.all(Array.from({ length: count }, () => openRaw(url)));
}

describe('beyond the limit on connections', () => {
  it('the one that has been idle for longest makes room', async () => {
    await using server = await startServer(undefined, { connections: 3 });
    const url = await listen(server);
    const [first, second, third] = [await openRaw(url), await openRaw(url), await openRaw(url)];
    expect([await askVersion(second), await askVersion(third), await askVersion(first)]).toEqual([200, 200, 200]);
    const fourth = await openRaw(url);
    expect(await askVersion(fourth)).toBe(200);
    await second.closed;
    expect([await askVersion(first), await askVersion(third)]).toEqual([200, 200]);
    for (const { socket } of [first, third, fourth]) socket.destroy();
  });

  it('a request that is under way is not broken off for one who comes anew', async () => {
    await using server = await startServer(undefined, { connections: 2 });
    const url = await listen(server);
    const working = await openMany(url, 2);
    const headers = [`X-API-Key: ${server.admin}`, 'Content-Type: application/json', 'Content-Length: 38'];
    for (const { socket } of working) socket.write(requestBytes('POST /v1/trickle', headers));
    await expect.poll(() => server.admission.numbers.waiting).toBe(2);
    await (await openRaw(url)).closed;
    for (const { socket } of working) socket.write('{"identifier":"w","measurements":[]}  ');
    const answers = await Promise.all(working.map((connection) => connection.answer()));
    expect(answers).toMatchObject([{ status: 200 }, { status: 200 }]);
    for (const { socket } of working) socket.destroy();
  });
});

describe('connections of one address', () => {
  /** As if everybody came from there. */
  function pretend({ app }: TestServer, address: string): void {
    app.server.prependListener('connection', (socket: Socket) => {
      Object.defineProperty(socket, 'remoteAddress', { value: address });
    });
  }

  it('beyond its limit are closed; one that ends makes room', async () => {
    await using server = await startServer(undefined, { addressConnections: 2 });
    pretend(server, '203.0.113.7');
    const url = await listen(server);
    const [first, second] = [await openRaw(url), await openRaw(url)];
    await (await openRaw(url)).closed;
    first.socket.destroy();
    const again = async () => {
      const connection = await openRaw(url);
      const status = await askVersion(connection);
      connection.socket.destroy();
      return status;
    };
    await expect.poll(again).toBe(200);
    expect(await askVersion(second)).toBe(200);
    second.socket.destroy();
  });

  it('are without limit where it is the machine itself, with a proxy on it', async () => {
    await using server = await startServer(undefined, { addressConnections: 2 });
    const many = await openMany(await listen(server), 10);
    expect(await Promise.all(many.map(askVersion))).toEqual(many.map(() => 200));
    for (const { socket } of many) socket.destroy();
  });
});
