import { contract } from '@perfcollector/api';
import { MOST_SERIES } from '@perfcollector/storage';
import { describe, expect, it, vi } from 'vitest';
import { NOW, refusalOf, startServer, type TestServer } from '../test-server.ts';

const TIME = 1_767_960_000; // a whole hour

/** A server that has a minute of a machine: a counter that grows by 5 a second, and a gauge that no source gives. */
async function startWithSamples(): Promise<TestServer> {
  const server = await startServer();
  const measurements = Array.from({ length: 60 }, (_, at) => ({
    timestamp: TIME + at,
    run: 'r',
    seq: at + 1,
    fields: { cpu_user: 1000 + at * 5, of_my_own: at % 2 },
  }));
  const payload = { identifier: 'web01', measurements };
  await server.as(server.admin, { method: 'POST', url: '/v1/trickle', payload });
  return server;
}

describe('series', () => {
  it('have the units of the catalogue, where it knows the field', async () => {
    await using server = await startWithSamples();
    const url = `/v1/machines/web01/series?fields=cpu_*,of_my_own&from=${TIME}&to=${TIME + 59}&points=6`;
    const answer = await server.as(await server.keyWith(['read']), { url });
    const { times, series, ...head } = contract.seriesReply.parse(answer.json());
    expect(head).toEqual({ id: 'web01', from: TIME, to: TIME + 59, step: 10, resolution: 'raw' });
    expect(times).toEqual([0, 10, 20, 30, 40, 50].map((second) => TIME + second));
    expect(series).toMatchObject([
      { field: 'cpu_user', kind: 'counter', unit: 'ticks' },
      { field: 'of_my_own', kind: 'gauge', unit: null, min: Array(6).fill(0), max: Array(6).fill(1) },
    ]);
    const [counter] = series;
    expect(counter?.kind === 'counter' && counter.rate.slice(1)).toEqual(Array(5).fill(5));
  });

  it('are of the last day in 500 points where nothing else is asked', async () => {
    await using server = await startWithSamples();
    const series = vi.spyOn(server.store, 'series');
    await server.as(server.admin, { url: '/v1/machines/web01/series?fields=cpu_user,mem_*' });
    await server.as(server.admin, { url: '/v1/machines/web01/series?fields=*&to=100000' });
    await server.as(server.admin, { url: '/v1/machines/web01/series?fields=*&to=5' });
    const of = { tenant: 'default', machine: 'web01', points: 500 };
    expect(series.mock.calls).toEqual([
      [{ ...of, fields: ['cpu_user', 'mem_*'], from: NOW - 86_400, to: NOW }],
      [{ ...of, fields: ['*'], from: 13_600, to: 100_000 }],
      [{ ...of, fields: ['*'], from: 0, to: 5 }],
    ]);
  });

  it('are refused where it is not clear what is asked', async () => {
    await using server = await startServer();
    const series = vi.spyOn(server.store, 'series');
    for (const [query, named] of [
      ['', 'fields'],
      ['fields=', 'fields'],
      ['fields=a,,b', 'fields'],
      ['fields=a&points=0', 'points'],
      ['fields=a&points=10001', 'points'],
      ['fields=a&points=1.5', 'points'],
      ['fields=a&from=yesterday', 'from'],
      ['fields=a&from=2&to=1', 'from'],
      ['fields=a&from=-1&to=1&points=1', 'from'],
      [`fields=a&to=${'9'.repeat(300)}`, 'to'],
    ]) {
      const refusal = refusalOf(await server.as(server.admin, { url: `/v1/machines/web01/series?${query}` }));
      expect([query, refusal.status, refusal.error]).toEqual([query, 400, expect.stringContaining(`${named}`)]);
    }
    expect(series).not.toHaveBeenCalled();
  });

  it("of a machine that is not there, or is another tenant's, are a 404", async () => {
    await using server = await startWithSamples();
    const other = await server.keyWith(['read'], 'acme');
    for (const [key, machine] of [
      [server.admin, 'web02'],
      [other, 'web01'],
    ] as const) {
      const answer = await server.as(key, { url: `/v1/machines/${machine}/series?fields=a` });
      expect(refusalOf(answer)).toMatchObject({ status: 404, code: 'NO_MACHINE' });
    }
  });

  it('of more fields than can be shown are refused', async () => {
    await using server = await startServer();
    const fields = Object.fromEntries(Array.from({ length: MOST_SERIES + 1 }, (_, at) => [`f${at}`, at]));
    const payload = { identifier: 'web01', measurements: [{ timestamp: TIME, fields }] };
    await server.as(server.admin, { method: 'POST', url: '/v1/trickle', payload });
    const ask = (names: string) => server.as(server.admin, { url: `/v1/machines/web01/series?fields=${names}&from=0` });
    const refusal = refusalOf(await ask('*'));
    expect(refusal).toMatchObject({ status: 400, code: 'TOO_MANY_FIELDS', error: expect.stringContaining('200') });
    expect((await ask('f1*')).statusCode).toBe(200);
  });
});
