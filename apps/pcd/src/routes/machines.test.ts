import { contract } from '@perfcollector/api';
import { beforeEach, describe, expect, it } from 'vitest';
import { linesOf, refusalOf, startServer, type TestServer } from '../test-server.ts';

const TIME = 1_767_982_248;
const HEADER = { collection: 1, run: 'r', identifier: 'web01', started: TIME, interval: 10, agent: 'pcc 1.0.0' };

function samples(count: number) {
  return Array.from({ length: count }, (_, at) => ({ timestamp: TIME + at, run: 'r', fields: { at } }));
}

interface Sent {
  readonly tenant?: string;
  readonly measurements: readonly unknown[];
}

async function send(server: TestServer, identifier: string, { tenant = 'default', measurements }: Sent): Promise<void> {
  const key = await server.keyWith(['ingest'], tenant);
  const payload = { identifier, measurements };
  expect((await server.as(key, { method: 'POST', url: '/v1/trickle', payload })).statusCode).toBe(200);
}

describe('machines', () => {
  it('are listed by name with their first and last sample', async () => {
    await using server = await startServer();
    await send(server, 'web01', { measurements: [HEADER, ...samples(3)] });
    await send(server, 'db01', { measurements: samples(1) });
    const { machines } = contract.machineList.parse((await server.as(server.admin, { url: '/v1/machines' })).json());
    const arrived = { seen: expect.any(Number), state: 'live' };
    expect(machines).toEqual([
      { id: 'db01', first: TIME, last: TIME, samples: 1, runs: 0, interval: null, ...arrived },
      { id: 'web01', first: TIME, last: TIME + 2, samples: 3, runs: 1, interval: 10, ...arrived },
    ]);
  });

  it('one is shown with the header of its newest run', async () => {
    await using server = await startServer();
    await send(server, 'web01', {
      measurements: [HEADER, ...samples(3), { ...HEADER, run: 'newer', started: TIME + 9 }],
    });
    const shown = contract.machineDetails.parse((await server.as(server.admin, { url: '/v1/machines/web01' })).json());
    expect(shown).toMatchObject({ id: 'web01', samples: 3, runs: 2, header: { run: 'newer' } });
  });

  it('one is deleted with its samples, and sent again it begins anew', async () => {
    await using server = await startServer();
    await send(server, 'web01', { measurements: [HEADER, ...samples(3)] });
    const remove = { method: 'DELETE', url: '/v1/machines/web01' } as const;
    expect((await server.as(server.admin, remove)).json()).toEqual({ id: 'web01', samples: 3 });
    expect(refusalOf(await server.as(server.admin, remove))).toMatchObject({ status: 404, code: 'NO_MACHINE' });
    expect((await server.as(server.admin, { url: '/v1/machines' })).json()).toEqual({ machines: [] });
    await send(server, 'web01', { measurements: samples(1) });
    expect((await server.as(server.admin, { url: '/v1/machines/web01' })).json()).toMatchObject({
      samples: 1,
      runs: 0,
    });
  });
});

describe('machines that are not there', () => {
  for (const url of ['/v1/machines/none', '/v1/machines/none/collection', '/v1/machines/none/completeness']) {
    it(`GET ${url} is a 404 that names it`, async () => {
      await using server = await startServer();
      const refusal = refusalOf(await server.as(server.admin, { url }));
      expect(refusal).toMatchObject({ status: 404, code: 'NO_MACHINE', error: expect.stringContaining('"none"') });
    });
  }

  for (const id of ['a%2Fb', '..%2F..%2Fetc', '%20', 'x%00', 'x'.repeat(10_000), '', '%F0%9F%98%80']) {
    it(`/v1/machines/${id.slice(0, 20)} is refused as no name of a machine`, async () => {
      await using server = await startServer();
      const refusal = refusalOf(await server.as(server.admin, { url: `/v1/machines/${id}` }));
      expect(refusal).toMatchObject({ status: 400, error: expect.stringContaining('identifier') });
      expect(refusal.error.length).toBeLessThan(300);
    });
  }
});

describe('a collection', () => {
  let server: TestServer;
  const get = (query = '') => server.as(server.admin, { url: `/v1/machines/web01/collection${query}` });
  const times = async (query: string) => linesOf((await get(query)).body).map(({ timestamp }) => timestamp);

  beforeEach(async () => {
    server = await startServer();
    return () => server[Symbol.asyncDispose]();
  });

  it('is JSON lines, the header first', async () => {
    await send(server, 'web01', { measurements: [...samples(3), HEADER] });
    const answer = await get();
    expect(answer.headers['content-type']).toMatch('application/x-ndjson');
    expect(linesOf(answer.body)).toEqual([HEADER, ...samples(3)]);
  });

  it('of more than one page is complete', async () => {
    await send(server, 'web01', { measurements: samples(1234) });
    expect(linesOf((await get()).body)).toEqual(samples(1234));
  });

  it('from and to are both included', async () => {
    await send(server, 'web01', { measurements: samples(5) });
    expect(await times(`?from=${TIME + 1}&to=${TIME + 3}`)).toEqual([TIME + 1, TIME + 2, TIME + 3]);
    expect(await times(`?from=${TIME + 4}`)).toEqual([TIME + 4]);
    expect(await times(`?to=${TIME}`)).toEqual([TIME]);
    expect(await times(`?from=${TIME + 2}&to=${TIME + 2}`)).toEqual([TIME + 2]);
    expect(await times(`?from=${TIME + 100}`)).toEqual([]);
  });

  it('from after to is refused', async () => {
    await send(server, 'web01', { measurements: samples(5) });
    expect(refusalOf(await get('?from=5&to=4.5'))).toMatchObject({ status: 400, code: 'BAD_RANGE' });
  });

  for (const query of ['?from=yesterday', '?to=2026-01-01', '?from=NaN', '?to=Infinity', '?from=1&from=2']) {
    it(`${query} is refused`, async () => {
      await send(server, 'web01', { measurements: samples(1) });
      expect(refusalOf(await get(query))).toMatchObject({ status: 400, error: expect.stringMatching(/from|to/) });
    });
  }
});

describe('completeness', () => {
  let server: TestServer;
  const ask = async (query = '') => {
    const answer = await server.as(server.admin, { url: `/v1/machines/web01/completeness${query}` });
    return contract.completeness.strict().parse(answer.json());
  };
  const tick = (seq: number, more: object = {}) => ({
    timestamp: TIME + 10 * seq,
    run: 'r',
    seq,
    fields: { seq },
    ...more,
  });

  beforeEach(async () => {
    server = await startServer();
    return () => server[Symbol.asyncDispose]();
  });

  it('says what is missing, and nothing once that came', async () => {
    await send(server, 'web01', {
      measurements: [HEADER, tick(1), tick(2), tick(5, { fields: { pcc_missed_ticks: 2 } })],
    });
    const { runs, total } = await ask();
    expect(total).toEqual({ expected: 5, received: 3, missing_samples: 2, duplicates: 0 });
    expect(runs).toMatchObject([
      {
        run: 'r',
        started: TIME,
        interval: 10,
        agent: 'pcc 1.0.0',
        missing: [{ from: 3, to: 4, from_time: TIME + 30, to_time: TIME + 40 }],
        missed_by_agent: 2,
        dropped_by_agent: null,
      },
    ]);
    await send(server, 'web01', { measurements: [tick(4), tick(3), tick(2)] });
    expect((await ask()).total).toEqual({ expected: 5, received: 5, missing_samples: 0, duplicates: 1 });
  });

  it('counts a sample that stands twice in one request, and what has no number', async () => {
    const bare = { timestamp: TIME, fields: { a: 1 } };
    await send(server, 'web01', { measurements: [tick(1), tick(1), bare, bare, bare] });
    expect(await ask()).toMatchObject({ total: { duplicates: 1 }, unnumbered: { samples: 1, duplicates: 2 } });
  });

  it('may be asked of the runs of a time', async () => {
    await send(server, 'web01', {
      measurements: [tick(1), tick(2), { ...tick(1, { run: 's' }), timestamp: TIME + 500 }],
    });
    const runsOf = async (query: string) => (await ask(query)).runs.map(({ run }) => run);
    expect(await runsOf('')).toEqual(['r', 's']);
    expect(await runsOf(`?from=${TIME + 100}`)).toEqual(['s']);
    expect(await runsOf(`?to=${TIME + 100}`)).toEqual(['r']);
    const refused = await server.as(server.admin, { url: '/v1/machines/web01/completeness?from=2&to=1' });
    expect(refusalOf(refused)).toMatchObject({ status: 400, code: 'BAD_RANGE' });
  });
});

describe('tenants', () => {
  it("see, export and delete none of each other's machines, the server's own administrators included", async () => {
    await using server = await startServer();
    await send(server, 'web01', { tenant: 'acme', measurements: samples(2) });
    const strangers = [await server.keyWith(['read', 'admin'], 'other'), server.admin];
    for (const key of strangers) {
      expect((await server.as(key, { url: '/v1/machines' })).json()).toEqual({ machines: [] });
      for (const request of [
        { url: '/v1/machines/web01' },
        { url: '/v1/machines/web01/collection' },
        { url: '/v1/machines/web01/completeness' },
        { method: 'DELETE', url: '/v1/machines/web01' },
      ] as const) {
        expect(refusalOf(await server.as(key, request))).toMatchObject({ status: 404, code: 'NO_MACHINE' });
      }
    }
    const own = await server.keyWith(['read'], 'acme');
    expect((await server.as(own, { url: '/v1/machines/web01' })).json()).toMatchObject({ samples: 2 });
  });
});
