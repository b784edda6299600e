import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { StoreError } from '@perfcollector/storage';
import type { InjectOptions } from 'fastify';
import { describe, expect, it, vi } from 'vitest';
import { NOW, refusalOf, startServer } from './test-server.ts';

describe('routes that are not there', () => {
  for (const [method, url] of [
    ['GET', '/'],
    ['GET', '/v1/nothing'],
    ['GET', '/v1/machines/a/b'],
    ['PUT', '/v1/machines'],
    ['GET', '/v1/trickle'],
    ['OPTIONS', '/v1/keys'],
    ['POST', '/v1/version'],
  ] as const) {
    it(`${method} ${url} is a 404 that names them`, async () => {
      await using server = await startServer();
      const refusal = refusalOf(await server.as(server.admin, { method, url }));
      expect(refusal).toMatchObject({ status: 404, code: 'NO_ROUTE' });
      expect(refusal.error).toContain(`${method} ${url}`);
    });
  }

  it('neither what follows the question mark nor a very long path is repeated', async () => {
    await using server = await startServer();
    const refusal = refusalOf(await server.app.inject({ url: `/v2/${'x'.repeat(5000)}?apikey=${server.admin}` }));
    expect(refusal.error).not.toContain(server.admin);
    expect(refusal.error.length).toBeLessThan(300);
  });

  it('an address that cannot be decoded is a 400', async () => {
    await using server = await startServer();
    expect(refusalOf(await server.app.inject({ url: '/v1/machines/%zz' })).status).toBe(400);
  });
});

const ONE_SAMPLE: InjectOptions = {
  method: 'POST',
  url: '/v1/trickle',
  payload: { identifier: 'web01', measurements: [{ timestamp: NOW, fields: { a: 1 } }] },
};

describe('a store that fails', () => {
  const failures: readonly [Error, number, string][] = [
    [new StoreError('FULL', 'database or disk is full'), 507, 'DISK_FULL'],
    [new StoreError('BUSY', 'database is locked'), 503, 'BUSY'],
    [new StoreError('DAMAGED', 'malformed at /secret/path'), 500, 'STORE_FAILED'],
    [new StoreError('FAILED', 'the store broke down at /secret/path'), 500, 'STORE_FAILED'],
    [new TypeError('BUG: /secret/path is not a function'), 500, 'INTERNAL'],
  ];
  for (const [error, status, code] of failures) {
    it(`is answered ${status} ${code} for ${error.name} ${error.message}; the log says why`, async () => {
      await using server = await startServer();
      vi.spyOn(server.store, 'append').mockRejectedValue(error);
      const refusal = refusalOf(await server.as(server.admin, ONE_SAMPLE));
      expect(refusal).toMatchObject({ status, code });
      expect(refusal.error).not.toContain('/secret/path');
      expect(server.logged()).toContain(error.message);
    });
  }

  it('that was closed answers nothing but failures', async () => {
    await using server = await startServer();
    await server.store.close();
    for (const request of [ONE_SAMPLE, { url: '/v1/machines' }, { url: '/v1/machines/web01/collection' }]) {
      const refusal = refusalOf(await server.as(server.admin, request));
      expect(refusal).toMatchObject({ status: 500, code: 'STORE_FAILED' });
    }
  });

  it('in the middle of an export breaks it off, so that nobody takes half of it for the whole', async () => {
    await using server = await startServer();
    await server.as(server.admin, ONE_SAMPLE);
    vi.spyOn(server.store, 'collection').mockImplementation(async function* () {
      yield '{"timestamp":1,"fields":{}}\n';
      throw new StoreError('DAMAGED', 'malformed');
    });
    const url = await server.app.listen({ host: '127.0.0.1', port: 0 });
    const exporting = fetch(`${url}/v1/machines/web01/collection`, { headers: { 'x-api-key': server.admin } });
    await expect(exporting.then((answer) => answer.text())).rejects.toThrow();
    expect((await fetch(`${url}/v1/health`)).status).toBe(200);
  });
});

describe('the log', () => {
  it('has a line for each request, with its tenant and the id of its key', async () => {
    await using server = await startServer();
    const key = await server.keyWith(['read'], 'acme');
    await server.as(key, { url: '/v1/machines' });
    const lines = server.logged().split('\n').slice(0, -1);
    const line = lines.map((text) => JSON.parse(text) as Record<string, unknown>).find(({ msg }) => msg === 'request');
    expect(line).toMatchObject({
      method: 'GET',
      route: '/v1/machines',
      status: 200,
      tenant: 'acme',
      key: key.slice(4, 16),
    });
  });

  it('holds neither keys nor bodies nor queries, at its lowest level, whatever becomes of the request', async () => {
    await using server = await startServer();
    const made = await server.as(server.admin, {
      method: 'POST',
      url: '/v1/keys',
      payload: { name: 'n', scopes: ['read'] },
    });
    const bodies = [
      '{"identifier":"web01","measurements":["MARK"]}',
      'MARK',
      '{"MARK":1}',
      '{"identifier":"MARK MARK"}',
    ];
    for (const payload of bodies) {
      for (const type of ['application/json', 'text/plain', 'application/xml']) {
        const headers = { 'content-type': type, 'x-mark': 'MARK' };
        await server.as(server.admin, { method: 'POST', url: '/v1/trickle?q=MARK', payload, headers });
        await server.as('MARK-wrong-key', { method: 'POST', url: '/v1/upload?q=MARK', payload, headers });
      }
    }
    await server.as(server.admin, { url: '/v1/machines/MARK?q=MARK' });
    await server.app.inject({ url: '/v1/machines', headers: { authorization: 'Bearer MARK-wrong-key' } });
    await server.app.inject({ url: '/MARK/%zz?MARK' });
    await server.store.close();
    await server.as(server.admin, {
      method: 'POST',
      url: '/v1/upload?identifier=MARK',
      payload: `{"timestamp":${NOW},"fields":{"MARK":1}}\n`,
    });
    const log = server.logged();
    expect(log.split('\n').length).toBeGreaterThan(20);
    expect(log).not.toContain('MARK');
    expect(log).not.toContain(server.admin.slice(17));
    expect(log).not.toContain(made.json<{ key: string }>().key.slice(17));
  });
});

describe('what is hardly a request', () => {
  it('is answered as every refusal is, although it is no HTTP', async () => {
    await using server = await startServer();
    await server.app.listen({ host: '127.0.0.1', port: 0 });
    const address = server.app.server.address() as AddressInfo;
    const socket = connect(address.port, '127.0.0.1').end('NONSENSE\r\n\r\n');
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(body)).toEqual({ error: 'the request is not HTTP as it should be', code: 'BAD_REQUEST' });
  });

  it('has its address neither repeated nor logged, for a key may stand in it', async () => {
    await using server = await startServer();
    for (const url of ['/v1/%zz?apikey=SECRETSECRET', `/v1/machines/${'a'.repeat(20_000)}?apikey=SECRETSECRET`]) {
      const answer = await server.app.inject({ url });
      expect(refusalOf(answer).status).toBeGreaterThanOrEqual(400);
      expect(answer.body).not.toContain('SECRET');
      expect(answer.body.length).toBeLessThan(500);
    }
    expect(server.logged()).not.toContain('SECRET');
  });

  it.each(['constructor', '__proto__', 'toString'])('with the Content-Encoding %s is refused', async (encoding) => {
    await using server = await startServer();
    const headers = { 'content-encoding': encoding, 'content-type': 'application/json' };
    const answer = await server.app.inject({ method: 'POST', url: '/v1/ping', headers, payload: '{}' });
    expect(refusalOf(answer)).toMatchObject({ status: 415, code: 'BAD_ENCODING' });
  });
});
