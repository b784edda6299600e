import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { linesOf, NOW, startServer, type TestServer } from '../test-server.ts';
import { openRaw, requestBytes } from './test-raw-http.ts';

const SHORT = { headersMs: 200, idleMs: 200, stallMs: 400 };
const LONG = { headersMs: 60_000, idleMs: 60_000, stallMs: 60_000 };

function listen({ app }: TestServer): Promise<string> {
  return app.listen({ host: '127.0.0.1', port: 0 });
}

function lineOf(at: number, filler: string): string {
  return `${JSON.stringify({ timestamp: NOW - at, fields: { filler } })}\n`;
}

/** A byte now and then, for as long as the other side listens. */
async function trickleBytes(socket: NodeJS.WritableStream, closed: Promise<unknown>): Promise<void> {
  const timer = setInterval(() => socket.write('x'), 20);
  await closed;
  clearInterval(timer);
}

describe('a client is cut off', () => {
  it('whose head comes a byte at a time, with 408', async () => {
    await using server = await startServer(undefined, { ...LONG, headersMs: SHORT.headersMs });
    const slow = await openRaw(await listen(server));
    slow.socket.write('GET /v1/version HTTP/1.1\r\nX-Slow: ');
    const answer = slow.answer();
    await trickleBytes(slow.socket, slow.closed);
    expect((await answer)?.text).toMatch(/^HTTP\/1\.1 408 .*"code":"TIMEOUT"/s);
  });

  it('that says nothing at all', async () => {
    await using server = await startServer(undefined, { ...LONG, headersMs: SHORT.headersMs });
    await (await openRaw(await listen(server))).closed;
  });

  it('that asks nothing more', async () => {
    await using server = await startServer(undefined, { ...LONG, idleMs: SHORT.idleMs });
    const client = await openRaw(await listen(server));
    client.socket.write(requestBytes('GET /v1/version', []));
    expect(await client.answer()).toMatchObject({ status: 200 });
    await client.closed;
  });

  for (const path of ['/v1/trickle', '/v1/upload', '/v1/nothing']) {
    it(`whose body to ${path} comes a byte at a time, and what it held is free again`, async () => {
      await using server = await startServer(undefined, { ...LONG, stallMs: SHORT.stallMs });
      const slow = await openRaw(await listen(server));
      const headers = [`X-API-Key: ${server.admin}`, 'Content-Type: application/json', 'Content-Length: 1000000'];
      slow.socket.write(requestBytes(`POST ${path}`, headers));
      await trickleBytes(slow.socket, slow.closed);
      await expect.poll(() => server.admission.numbers).toEqual({ waiting: 0, waitingBytes: 0, refused: 0 });
    });
  }

  it('that does not read its export', async () => {
    await using server = await startServer(undefined, { ...LONG, stallMs: SHORT.stallMs });
    const url = await listen(server);
    const lines = Array.from({ length: 40 }, (_, at) => lineOf(at, 'x'.repeat(1024 * 1024)));
    const headers = { 'x-api-key': server.admin };
    const uploading = fetch(`${url}/v1/upload?identifier=web01`, { method: 'POST', headers, body: lines.join('') });
    expect((await uploading).status).toBe(200);
    const reader = await openRaw(url);
    reader.socket.write(requestBytes('GET /v1/machines/web01/collection', [`X-API-Key: ${server.admin}`]));
    await once(reader.socket, 'data');
    reader.socket.pause();
    await expect.poll(() => server.admission.numbers.waiting, { timeout: 30_000 }).toBe(0);
    reader.socket.destroy();
  });
});

describe('a client is waited for', () => {
  it('however long its upload takes, while it makes progress', async () => {
    await using server = await startServer(undefined, { ...LONG, stallMs: SHORT.stallMs });
    const client = await openRaw(await listen(server));
    const headers = [`X-API-Key: ${server.admin}`, 'Transfer-Encoding: chunked'];
    client.socket.write(requestBytes('POST /v1/upload?identifier=web01', headers));
    for (let at = 0; at < 12; at += 1) {
      const line = lineOf(at, 'x'.repeat(4000));
      client.socket.write(`${line.length.toString(16)}\r\n${line}\r\n`);
      await new Promise((resolve) => setTimeout(resolve, SHORT.stallMs / 4)); // three times what it is waited for in all
    }
    client.socket.write('0\r\n\r\n');
    expect((await client.answer())?.text).toContain('"stored":12');
    client.socket.destroy();
  });

  it('while pcd itself is busy with its request', async () => {
    await using server = await startServer(undefined, { ...LONG, stallMs: SHORT.stallMs });
    const { machines } = server.store;
    const slowly = async (tenant: string) => {
      await new Promise((resolve) => setTimeout(resolve, 3 * SHORT.stallMs));
      return machines(tenant);
    };
    Object.assign(server.store, { machines: slowly });
    const answer = await fetch(`${await listen(server)}/v1/machines`, { headers: { 'x-api-key': server.admin } });
    expect(await answer.json()).toEqual({ machines: [] });
  });
});

describe('a collection that is none is cut off', () => {
  /** Good lines to begin with, and then a lot that packs to nothing. */
  async function uploadOf(server: TestServer, rest: string) {
    const payload = gzipSync(lineOf(0, 'first') + rest);
    const answer = await server.as(server.admin, { method: 'POST', url: '/v1/upload?identifier=web01', payload });
    expect(linesOf((await server.as(server.admin, { url: '/v1/machines/web01/collection' })).body)).toHaveLength(1);
    return answer.json<{ problems: string[] }>().problems;
  }

  it('where it unpacks to hundreds of times its size', async () => {
    await using server = await startServer();
    const refused = `${JSON.stringify({ timestamp: 5, fields: { filler: 'x'.repeat(1024 * 1024) } })}\n`;
    const problems = await uploadOf(server, refused.repeat(70));
    expect(problems).toContainEqual(
      expect.stringMatching(/broke off: TOO_LARGE: .*more than 500 times its size; .* send it unpacked/),
    );
  });

  it('where a line does not end', async () => {
    await using server = await startServer();
    const noise = Array.from({ length: 4096 }, (_, at) => ((at * 7919) % 9973).toString(36)).join('');
    const problems = await uploadOf(server, noise.repeat(Math.ceil((70 * 1024 * 1024) / noise.length)));
    expect(problems).toContainEqual(
      expect.stringMatching(/broke off: TOO_LARGE: .*64 MiB .* in a row hold no sample; check that/),
    );
  });
});
