import { StoreError } from '@perfcollector/storage';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startServer } from '../test-server.ts';

const ROUTES = ['/v1/health', '/v1/health/ready', '/v1/health/live'] as const;

afterEach(() => {
  vi.useRealTimers();
});

describe('health', () => {
  it.each(ROUTES)('%s is ok, whoever asks', async (url) => {
    await using server = await startServer();
    const answer = await server.as('a-wrong-key', { url });
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok' }]);
  });

  it('of a store that fails is 503 with the reason, and pcd lives', async () => {
    await using server = await startServer();
    vi.spyOn(server.store, 'machine').mockRejectedValue(new StoreError('BUSY', 'database is locked'));
    for (const url of ['/v1/health', '/v1/health/ready']) {
      const answer = await server.app.inject({ url });
      const error = 'the store is busy; nothing of this was stored; send it again later';
      expect([answer.statusCode, answer.json()]).toEqual([503, { status: 'unavailable', error, code: 'BUSY' }]);
    }
    expect((await server.app.inject({ url: '/v1/health/live' })).statusCode).toBe(200);
  });

  it('of a store that does not answer is 503 in the end, and the store is asked once for all who wait', async () => {
    await using server = await startServer();
    await server.app.ready();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const asked = vi.spyOn(server.store, 'machine').mockReturnValue(promise);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const waiting = [1, 2, 3].map(() => server.app.inject({ url: '/v1/health' }));
    await vi.waitUntil(() => vi.getTimerCount() > 0);
    await vi.advanceTimersByTimeAsync(2000);
    for (const answer of await Promise.all(waiting))
      expect([answer.statusCode, answer.json()]).toMatchObject([503, { status: 'unavailable', code: 'STORE_SLOW' }]);
    expect(asked).toHaveBeenCalledTimes(1);
    asked.mockRestore();
    resolve(undefined);
    expect((await server.app.inject({ url: '/v1/health' })).statusCode).toBe(200);
  });
});
