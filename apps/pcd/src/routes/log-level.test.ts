import { describe, expect, it } from 'vitest';
import { linesOf, refusalOf, startServer } from '../test-server.ts';

const URL = '/v1/loglevel';

describe('the log level', () => {
  it('is what an administrator says, from the next request on', async () => {
    await using server = await startServer();
    const said = async (level: string) => {
      const answer = await server.as(server.admin, { method: 'POST', url: URL, payload: { level } });
      expect([answer.statusCode, answer.json()]).toEqual([200, { level }]);
      expect((await server.as(server.admin, { url: URL })).json()).toEqual({ level });
    };
    await said('error');
    await server.app.inject({ url: '/nowhere' });
    await said('debug');
    await server.app.inject({ url: '/nowhere-else' });
    const routes = linesOf(server.logged()).filter(({ msg }) => msg === 'request');
    expect(routes.filter(({ status }) => status === 404)).toHaveLength(1);
  });

  it('that changes is told in the log, by whose key, also where nothing else is', async () => {
    await using server = await startServer();
    await server.as(server.admin, { method: 'POST', url: URL, payload: { level: 'silent' } });
    const said = linesOf(server.logged()).map(({ msg }) => msg);
    expect(said).toContain(`log level silent: set by the key ${server.admin.slice(4, 16)}`);
  });

  it.each([{ level: 'loud' }, { level: 5 }, {}, []])('%j is no level', async (payload) => {
    await using server = await startServer();
    const answer = await server.as(server.admin, { method: 'POST', url: URL, payload });
    expect(refusalOf(answer)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    expect((await server.as(server.admin, { url: URL })).json()).toEqual({ level: 'trace' });
  });

  it("is a matter of the server's own administrators", async () => {
    await using server = await startServer();
    const others = [
      [await server.keyWith(['read', 'ingest']), 'MISSING_SCOPE'],
      [await server.keyWith(['admin'], 'acme'), 'OTHER_TENANT'],
    ] as const;
    for (const [key, code] of others) {
      for (const method of ['GET', 'POST'] as const) {
        const answer = await server.as(key, {
          method,
          url: URL,
          ...(method === 'POST' && { payload: { level: 'info' } }),
        });
        expect(refusalOf(answer)).toMatchObject({ status: 403, code });
      }
    }
  });
});
