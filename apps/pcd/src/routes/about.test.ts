import { describe, expect, it } from 'vitest';
import { NOW, refusalOf, startServer } from '../test-server.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('ping', () => {
  it("an integer timestamp is given back with the server's clock in whole seconds", async () => {
    await using server = await startServer();
    const want = { origintimestamp: 1767982248, timestamp: Math.floor(NOW) };
    const post = { method: 'POST', url: '/v1/ping', payload: { timestamp: 1767982248 } } as const;
    expect((await server.app.inject(post)).json()).toEqual(want);
    expect((await server.app.inject({ url: '/v1/ping?timestamp=1767982248' })).json()).toEqual(want);
  });

  it('a timestamp with a fraction is answered with one', async () => {
    await using server = await startServer();
    const want = { origintimestamp: 5.5, timestamp: NOW };
    const post = { method: 'POST', url: '/v1/ping', payload: { timestamp: 5.5 } } as const;
    expect((await server.app.inject(post)).json()).toEqual(want);
    expect((await server.app.inject({ url: '/v1/ping?timestamp=5.5' })).json()).toEqual(want);
  });

  it('a ping without a timestamp gets the clock in whole seconds', async () => {
    await using server = await startServer();
    const want = { origintimestamp: null, timestamp: Math.floor(NOW) };
    expect((await server.app.inject({ url: '/v1/ping' })).json()).toEqual(want);
    expect((await server.app.inject({ method: 'POST', url: '/v1/ping' })).json()).toEqual(want);
    expect((await server.app.inject({ method: 'POST', url: '/v1/ping', payload: {} })).json()).toEqual(want);
  });

  for (const payload of ['{"timestamp":"soon"}', '[]', '"x"', '{"timestamp":{}}']) {
    it(`${payload} is refused`, async () => {
      await using server = await startServer();
      const answer = await server.app.inject({ method: 'POST', url: '/v1/ping', payload, headers: JSON_TYPE });
      expect(refusalOf(answer)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    });
  }

  it('a timestamp in the address that is no number is refused', async () => {
    await using server = await startServer();
    const answer = await server.app.inject({ url: '/v1/ping?timestamp=soon' });
    expect(refusalOf(answer)).toMatchObject({ status: 400, error: expect.stringContaining('timestamp') });
  });
});

describe('version', () => {
  it('anyone may ask', async () => {
    await using server = await startServer();
    const version = await server.app.inject({ url: '/v1/version' });
    expect([version.statusCode, version.json()]).toEqual([200, { name: 'pcd', version: '1.2.3', api: 'v1' }]);
  });

  it('a wrong key does not matter where none is needed', async () => {
    await using server = await startServer();
    for (const url of ['/v1/ping', '/v1/version']) {
      expect((await server.as('wrong-key', { url })).statusCode).toBe(200);
    }
  });
});
