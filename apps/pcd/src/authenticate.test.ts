import type { InjectOptions } from 'fastify';
import { describe, expect, it } from 'vitest';
import { NOW, refusalOf, startServer } from './test-server.ts';

const TRICKLE: InjectOptions = { method: 'POST', url: '/v1/trickle', payload: { identifier: 'm', measurements: [] } };

/** Every route that needs a key, with what the key must be allowed to do. */
const ROUTES: readonly [InjectOptions, 'ingest' | 'read' | 'admin'][] = [
  [TRICKLE, 'ingest'],
  [{ method: 'POST', url: '/v1/upload?identifier=m', payload: '{"timestamp":1767982248,"fields":{}}\n' }, 'ingest'],
  [{ url: '/v1/machines' }, 'read'],
  [{ url: '/v1/machines/m' }, 'read'],
  [{ url: '/v1/machines/m/collection' }, 'read'],
  [{ url: '/v1/machines/m/completeness' }, 'read'],
  [{ method: 'HEAD', url: '/v1/machines' }, 'read'],
  [{ method: 'DELETE', url: '/v1/machines/m' }, 'admin'],
  [{ url: '/v1/keys' }, 'admin'],
  [{ method: 'POST', url: '/v1/keys', payload: { name: 'n', scopes: ['read'] } }, 'admin'],
  [{ method: 'DELETE', url: '/v1/keys/0123456789ab' }, 'admin'],
  [{ method: 'POST', url: '/v1/keys/0123456789ab/rotate' }, 'admin'],
  [{ url: '/v1/audit' }, 'admin'],
  [{ url: '/v1/status' }, 'read'],
];

describe('where the key stands', () => {
  const places: readonly [string, (key: string) => Record<string, string>][] = [
    ['X-API-Key', (key) => ({ 'X-API-Key': key })],
    ['Authorization: Bearer', (key) => ({ authorization: `Bearer ${key}` })],
    ['authorization: bearer, in small letters', (key) => ({ authorization: `bearer  ${key}` })],
    ["perfcollector2's apikey", (key) => ({ apikey: key })],
  ];
  for (const [name, headers] of places) {
    it(`${name} is taken`, async () => {
      await using server = await startServer();
      const key = await server.keyWith(['ingest']);
      expect((await server.app.inject({ ...TRICKLE, headers: headers(key) })).statusCode).toBe(200);
      const wrong = await server.app.inject({ ...TRICKLE, headers: headers(`${key}x`) });
      expect(refusalOf(wrong)).toMatchObject({ status: 401, code: 'BAD_KEY' });
    });
  }

  it('a key in the address or in Basic is none', async () => {
    await using server = await startServer();
    const url = `/v1/machines?apikey=${server.admin}`;
    expect(refusalOf(await server.app.inject({ url }))).toMatchObject({ status: 401, code: 'NO_KEY' });
    const headers = { authorization: `Basic ${Buffer.from(`admin:${server.admin}`).toString('base64')}` };
    const basic = await server.app.inject({ url: '/v1/machines', headers });
    expect(refusalOf(basic)).toMatchObject({ status: 401, code: 'NO_KEY' });
  });
});

describe('what a key may do', () => {
  for (const [request, scope] of ROUTES) {
    const title = `${request.method ?? 'GET'} ${String(request.url)}`;

    it(`${title} needs a key`, async () => {
      await using server = await startServer();
      const answer = await server.app.inject(request);
      expect(answer.statusCode).toBe(401);
      if (request.method !== 'HEAD') expect(refusalOf(answer).code).toBe('NO_KEY');
    });

    it(`${title} needs the scope ${scope}`, async () => {
      await using server = await startServer();
      const others = (['ingest', 'read', 'admin'] as const).filter((other) => other !== scope);
      const lacking = await server.as(await server.keyWith(others), request);
      expect(lacking.statusCode).toBe(403);
      if (request.method !== 'HEAD') {
        expect(refusalOf(lacking)).toMatchObject({ code: 'MISSING_SCOPE', error: expect.stringContaining(scope) });
      }
      const having = await server.as(await server.keyWith([scope]), request);
      expect([200, 201, 404]).toContain(having.statusCode);
    });
  }

  it('a refused key stores nothing', async () => {
    await using server = await startServer();
    const payload = { identifier: 'm', measurements: [{ timestamp: NOW, fields: { a: 1 } }] };
    await server.as(await server.keyWith(['read']), { ...TRICKLE, payload });
    await server.as('wrong-key-wrong-key', { ...TRICKLE, payload });
    expect(await server.store.machines('default')).toEqual([]);
  });
});

describe('keys that are no longer valid', () => {
  it('an expired key is refused from its last second on', async () => {
    await using server = await startServer();
    const expires = NOW + 60;
    const { key } = await server.keys.create({ name: 'short', tenant: 'default', scopes: ['read'], expires });
    const ask = () => server.as(key, { url: '/v1/machines' });
    expect((await ask()).statusCode).toBe(200);
    server.clock.now = expires - 0.001;
    expect((await ask()).statusCode).toBe(200);
    server.clock.now = expires;
    expect(refusalOf(await ask())).toMatchObject({ status: 401, code: 'BAD_KEY' });
  });

  it('a revoked key is refused at once', async () => {
    await using server = await startServer();
    const { key, stored } = await server.keys.create({ name: 'k', tenant: 'default', scopes: ['read'], expires: null });
    expect((await server.as(key, { url: '/v1/machines' })).statusCode).toBe(200);
    await server.as(server.admin, { method: 'DELETE', url: `/v1/keys/${stored.id}` });
    expect(refusalOf(await server.as(key, { url: '/v1/machines' }))).toMatchObject({ status: 401, code: 'BAD_KEY' });
  });

  it("another key's secret does not fit an id", async () => {
    await using server = await startServer();
    const [one, two] = [await server.keyWith(['read']), await server.keyWith(['read'])];
    const crossed = one.slice(0, 17) + two.slice(17);
    expect(crossed).not.toBe(one);
    expect(refusalOf(await server.as(crossed, { url: '/v1/machines' }))).toMatchObject({ status: 401 });
  });
});
