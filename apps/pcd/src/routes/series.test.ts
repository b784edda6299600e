import { contract } from '@perfcollector/api';
import { type SeriesReply, type SeriesRequest, StoreError } from '@perfcollector/storage';
import { describe, expect, it, vi } from 'vitest';
import { NOW, refusalOf, startServer, type TestServer } from '../test-server.ts';

const REPLY: SeriesReply = {
  step: 60,
  resolution: '1m',
  times: [NOW - 60, NOW],
  series: [
    { field: 'cpu_user', kind: 'counter', increase: [5, null], rate: [0.5, null] },
    { field: 'of_my_own', kind: 'gauge', min: [1, 2], mean: [2, 2.5], max: [3, 3] },
  ],
};

/** What the store was asked for, and a server whose store gives an answer that is known. */
async function startWithSeries(): Promise<{ server: TestServer; asked: SeriesRequest[] }> {
  const server = await startServer();
  const asked: SeriesRequest[] = [];
  vi.spyOn(server.store, 'series').mockImplementation(async (request) => {
    asked.push(request);
    return request.tenant === 'default' && request.machine === 'web01' ? REPLY : undefined;
  });
  return { server, asked };
}

describe('series', () => {
  it('have the units of the catalogue, where it knows the field', async () => {
    const { server } = await startWithSeries();
    await using _ = server;
    const url = '/v1/machines/web01/series?fields=cpu_*,of_my_own&from=1700000000&to=1700003600.5&points=2';
    const answer = await server.as(await server.keyWith(['read']), { url });
    const reply = contract.seriesReply.parse(answer.json());
    expect(reply).toMatchObject({ id: 'web01', from: 1_700_000_000, to: 1_700_003_600.5, step: 60, resolution: '1m' });
    expect(reply.times).toEqual(REPLY.times);
    expect(reply.series).toEqual([
      { ...REPLY.series[0], unit: 'ticks' },
      { ...REPLY.series[1], unit: null },
    ]);
  });

  it('are of the last day in 500 points where nothing else is asked', async () => {
    const { server, asked } = await startWithSeries();
    await using _ = server;
    await server.as(server.admin, { url: '/v1/machines/web01/series?fields=cpu_user,mem_*' });
    await server.as(server.admin, { url: '/v1/machines/web01/series?fields=*&to=100000' });
    const of = { tenant: 'default', machine: 'web01', points: 500 };
    expect(asked).toEqual([
      { ...of, fields: ['cpu_user', 'mem_*'], from: NOW - 86_400, to: NOW },
      { ...of, fields: ['*'], from: 13_600, to: 100_000 },
    ]);
  });

  for (const [query, named] of [
    ['', 'fields'],
    ['fields=', 'fields'],
    ['fields=a,,b', 'fields'],
    ['fields=a&points=0', 'points'],
    ['fields=a&points=10001', 'points'],
    ['fields=a&points=1.5', 'points'],
    ['fields=a&from=yesterday', 'from'],
    ['fields=a&from=2&to=1', 'from'],
  ]) {
    it(`asked with ${query === '' ? 'nothing' : query} are refused`, async () => {
      const { server, asked } = await startWithSeries();
      await using _ = server;
      const refusal = refusalOf(await server.as(server.admin, { url: `/v1/machines/web01/series?${query}` }));
      expect(refusal).toMatchObject({ status: 400, error: expect.stringContaining(`${named}`) });
      expect(asked).toEqual([]);
    });
  }

  it("of a machine that is not there, or is another tenant's, are a 404", async () => {
    const { server } = await startWithSeries();
    await using _ = server;
    for (const [key, machine] of [
      [server.admin, 'web02'],
      [await server.keyWith(['read'], 'acme'), 'web01'],
    ]) {
      const answer = await server.as(`${key}`, { url: `/v1/machines/${machine}/series?fields=a` });
      expect(refusalOf(answer)).toMatchObject({ status: 404, code: 'NO_MACHINE' });
    }
  });

  it('of more fields than can be shown are refused', async () => {
    const { server } = await startWithSeries();
    await using _ = server;
    vi.mocked(server.store.series).mockRejectedValue(new StoreError('TOO_MANY', '201 fields'));
    const refusal = refusalOf(await server.as(server.admin, { url: '/v1/machines/web01/series?fields=*' }));
    expect(refusal).toMatchObject({ status: 400, code: 'TOO_MANY_FIELDS', error: expect.stringContaining('200') });
  });
});
