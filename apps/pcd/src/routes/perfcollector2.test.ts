import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { hasUpstream, upstream } from '@perfcollector/testing';
import { describe, expect, it } from 'vitest';
import { linesOf, NOW, startServer, type TestServer } from '../test-server.ts';

const TIME = 1_767_982_248;
const RECORDING = `${upstream()}azure-suse/pcc_collection.json`;

/** One measurement as perfcollector2 takes it: the text of a kernel file at a whole second. */
interface Raw {
  readonly timestamp: number;
  readonly subsystem: string;
  readonly measurement: string;
}

const STAT: Raw = { timestamp: TIME, subsystem: '/proc/stat', measurement: 'cpu  1 2 3 4 5 6 7 8 9 10\nctxt 77\n' };
const LOADAVG: Raw = { timestamp: TIME, subsystem: '/proc/loadavg', measurement: '0.10 0.20 0.30 1/100 1234\n' };
const MEMINFO: Raw = { timestamp: TIME, subsystem: '/proc/meminfo', measurement: 'MemTotal: 8 kB\nMemFree: 3 kB\n' };

/** The text that Go's encoding/json makes: what HTML could mistake is escaped. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&]/g, (mark) => `\\u00${mark.charCodeAt(0).toString(16)}`);
}

/** The bytes that Go's net/http writes for a request: no Content-Type, header names in Go's spelling and order. */
function goRequest(method: string, path: string, { key, body }: { key?: string; body?: string }): string {
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: 127.0.0.1:8080',
    'User-Agent: Go-http-client/1.1',
    ...(body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
    ...(key === undefined ? [] : [`Apikey: ${key}`]),
    'Accept-Encoding: gzip',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body ?? ''}`;
}

/** A connection of an agent, on which one request follows another. */
async function goAgent(server: TestServer) {
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect((server.app.server.address() as AddressInfo).port, '127.0.0.1').setEncoding('utf8');
  await once(socket, 'connect');
  const key = await server.keyWith(['ingest']);
  const exchange = async (request: string): Promise<{ status: number; body: string }> => {
    socket.write(request);
    let text = '';
    for (;;) {
      text += (await once(socket, 'data'))[0];
      const [, status, length, body = ''] =
        /^HTTP\/1\.1 (\d+) .*?\r\ncontent-length: (\d+)\r\n.*?\r\n\r\n(.*)$/is.exec(text) ?? [];
      if (length !== undefined && Buffer.byteLength(body) >= Number(length)) return { status: Number(status), body };
    }
  };
  return {
    trickle: (measurements: readonly Raw[]) =>
      exchange(goRequest('POST', '/v1/trickle', { key, body: goJson({ identifier: 'web01', measurements }) })),
    exchange,
    [Symbol.dispose]: () => socket.destroy(),
  };
}

async function storedOf(server: TestServer) {
  const answer = await server.as(server.admin, { url: '/v1/machines/web01/collection' });
  return answer.statusCode === 404 ? [] : linesOf(answer.body);
}

describe('an agent of perfcollector2', () => {
  it('sends the kernel files of a tick one by one, and they are one sample', async () => {
    await using server = await startServer();
    using agent = await goAgent(server);
    for (const raw of [STAT, LOADAVG, MEMINFO]) expect(await agent.trickle([raw])).toEqual({ status: 200, body: '{}' });
    const [only, ...rest] = await storedOf(server);
    expect(rest).toEqual([]);
    expect(only).toMatchObject({ timestamp: TIME, tags: { machine_id: 'web01' } });
    expect(only?.fields).toMatchObject({ cpu_user: 1, stat_ctxt: 77, loadavg_1min: 0.1, mem_total: 8, mem_free: 3 });
  });

  it('may send a tick again, and the next one beside it', async () => {
    await using server = await startServer();
    using agent = await goAgent(server);
    const next = { ...STAT, timestamp: TIME + 10, measurement: 'cpu  2 2 3 4 5 6 7 8 9 10\n' };
    for (const tick of [
      [STAT, LOADAVG],
      [LOADAVG, STAT],
      [STAT, next],
    ]) {
      expect((await agent.trickle(tick)).body).toBe('{}');
    }
    expect(await storedOf(server)).toMatchObject([
      { timestamp: TIME, fields: { cpu_user: 1, loadavg_1min: 0.1 } },
      { timestamp: TIME + 10, fields: { cpu_user: 2 } },
    ]);
  });

  it('is told of a subsystem that nobody reads, and loses nothing of the others', async () => {
    await using server = await startServer();
    using agent = await goAgent(server);
    const strange = { timestamp: TIME, subsystem: '/proc/<strange>&', measurement: 'a <b> & c\n' };
    const { status, body } = await agent.trickle([STAT, strange, LOADAVG]);
    expect(status).toBe(400);
    expect(JSON.parse(body)).toEqual({
      error: 'measurement 2 of 3: no source reads the subsystem "/proc/<strange>&"; the other 2 are stored',
      code: 'BAD_MEASUREMENT',
    });
    expect(await storedOf(server)).toMatchObject([{ timestamp: TIME, fields: { cpu_user: 1, loadavg_1min: 0.1 } }]);
  });

  it('says what it sends, or does not', async () => {
    await using server = await startServer();
    const key = await server.keyWith(['ingest']);
    const payload = goJson({ identifier: 'web01', measurements: [STAT] });
    for (const type of [undefined, 'application/json', 'application/json; charset=utf-8']) {
      const headers = { apikey: key, ...(type !== undefined && { 'content-type': type }) };
      const answer = await server.app.inject({ method: 'POST', url: '/v1/trickle', payload, headers });
      expect([answer.statusCode, answer.body]).toEqual([200, '{}']);
    }
  });

  it('with a wrong key is refused and nothing is stored', async () => {
    await using server = await startServer();
    using agent = await goAgent(server);
    const body = goJson({ identifier: 'web01', measurements: [STAT] });
    const { status, body: said } = await agent.exchange(goRequest('POST', '/v1/trickle', { key: 'sesame12', body }));
    expect([status, Object.keys(JSON.parse(said))]).toEqual([401, ['error', 'code']]);
    expect(await storedOf(server)).toEqual([]);
  });

  it.skipIf(!hasUpstream)('sends a whole recording, a line a request, on one connection', async () => {
    await using server = await startServer();
    using agent = await goAgent(server);
    const lines = linesOf(readFileSync(RECORDING, 'utf8')).slice(0, 60) as unknown as Raw[];
    for (const line of lines) expect(await agent.trickle([line])).toEqual({ status: 200, body: '{}' });
    const stored = await storedOf(server);
    expect(stored.map(({ timestamp }) => timestamp)).toEqual([...new Set(lines.map(({ timestamp }) => timestamp))]);
    const textOf = (name: string) => String(lines.find(({ subsystem }) => subsystem === name)?.measurement);
    const [, user] = /^cpu +(\d+)/.exec(textOf('/proc/stat')) ?? [];
    const [, free] = /MemFree: +(\d+)/.exec(textOf('/proc/meminfo')) ?? [];
    expect(stored[0]?.fields).toMatchObject({ cpu_user: Number(user), mem_free: Number(free) });
  });
});

describe('its ping', () => {
  const want = (origintimestamp: number | null) => ({ origintimestamp, timestamp: Math.floor(NOW) });
  const pings: readonly [string, string, number | null][] = [
    ['POST', goRequest('POST', '/v1/ping', { body: goJson({ timestamp: TIME }) }), TIME],
    ['POST without a body', goRequest('POST', '/v1/ping', { body: '' }), null],
    ['GET', goRequest('GET', '/v1/ping', {}), null],
    ['GET with its timestamp in the address', goRequest('GET', `/v1/ping?timestamp=${TIME}`, {}), TIME],
    ['GET with a key', goRequest('GET', '/v1/ping', { key: 'any-key-at-all' }), null],
  ];
  for (const [name, request, origin] of pings) {
    it(`${name} is answered in whole seconds, which Go reads into an integer`, async () => {
      await using server = await startServer();
      using agent = await goAgent(server);
      const { status, body } = await agent.exchange(request);
      expect([status, JSON.parse(body)]).toEqual([200, want(origin)]);
    });
  }

  it('GET with a body is answered, and the connection goes on', async () => {
    await using server = await startServer();
    using agent = await goAgent(server);
    const { status, body } = await agent.exchange(goRequest('GET', '/v1/ping', { body: goJson({ timestamp: TIME }) }));
    expect([status, JSON.parse(body).timestamp]).toEqual([200, Math.floor(NOW)]);
    expect(await agent.trickle([STAT])).toEqual({ status: 200, body: '{}' });
  });
});
