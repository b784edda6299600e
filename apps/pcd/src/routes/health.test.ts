import { StoreError } from '@perfcollector/storage';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startServer } from '../test-server.ts';

const ROUTES = ['/v1/health', '/v1/health/ready', '/v1/health/live'] as const;

describe('health', () => {
  it.each(ROUTES)('%s is ok, whoever asks', async (url) => {
    await using server = await startServer();
    const answer = await server.as('a-wrong-key', { url });
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok' }]);
  });

  it('of a store that fails is 503 with the reason, and pcd lives', async () => {
    await using server = await startServer();
    vi.spyOn(server.store, 'ready').mockRejectedValue(new StoreError('BUSY', 'database is locked'));
    for (const url of ['/v1/health', '/v1/health/ready']) {
      const answer = await server.app.inject({ url });
      const error = 'the store is busy; nothing of this was stored; send it again later';
      expect([answer.statusCode, answer.json()]).toEqual([503, { status: 'unavailable', error, code: 'BUSY' }]);
    }
    expect((await server.app.inject({ url: '/v1/health/live' })).statusCode).toBe(200);
  });

  it('of a store that does not answer is 503 in the end, and is ok again when it does', async () => {
    await using server = await startServer();
    const asked = vi.spyOn(server.store, 'ready').mockReturnValue(new Promise(() => {}));
    const answer = await server.app.inject({ url: '/v1/health' });
    expect([answer.statusCode, answer.json()]).toMatchObject([503, { status: 'unavailable', code: 'STORE_SLOW' }]);
    asked.mockRestore();
    expect((await server.app.inject({ url: '/v1/health' })).statusCode).toBe(200);
  });

  it('asks the store once for all who wait', async () => {
    await using server = await startServer();
    const { promise, resolve } = Promise.withResolvers<void>();
    const asked = vi.spyOn(server.store, 'ready').mockReturnValue(promise);
    const allAsk = new Promise<void>((done) => {
      let count = 0;
      server.app.addHook('preHandler', async () => {
        count += 1;
        if (count === 3) setImmediate(done); // when its handler has begun
      });
    });
    vi.useFakeTimers({ toFake: ['setTimeout'] }); // nobody's patience ends
    onTestFinished(() => void vi.useRealTimers());
    const waiting = [1, 2, 3].map(() => server.app.inject({ url: '/v1/health' }));
    await allAsk;
    resolve();
    for (const { statusCode } of await Promise.all(waiting)) expect(statusCode).toBe(200);
    expect(asked).toHaveBeenCalledTimes(1);
  });
});
