import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hasVictoriaMetrics, startVictoriaMetrics, type VictoriaMetrics } from '@perfcollector/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { batch, exported, header, START, sample, samplesFrom, timestamps, WEB } from '../test-contract/fixtures.ts';
import { parseAddress } from './address.ts';
import { Engine } from './engine.ts';
import { openVisible } from './test-visible-store.ts';
import { openVictoriaMetricsStore } from './victoria-metrics-store.ts';

describe.skipIf(!hasVictoriaMetrics)('an engine that comes and goes', () => {
  let engine: VictoriaMetrics;
  beforeEach(async () => {
    engine = await startVictoriaMetrics();
  });
  afterEach(() => engine[Symbol.asyncDispose]());

  it('refuses while it is down, goes on when it is back, and has lost nothing that it acknowledged', async () => {
    const store = openVisible(engine);
    const before = samplesFrom(START, 300, 'r');
    await store.append(batch(WEB, { headers: [header('r')], samples: before }));
    await engine.stop('SIGTERM');
    const refused = store.append(batch(WEB, { samples: [sample(START + 1000)] }));
    await expect(refused).rejects.toMatchObject({ name: 'StoreError', code: 'UNAVAILABLE' });
    await expect(store.ready()).rejects.toMatchObject({ name: 'StoreError', code: 'UNAVAILABLE' });
    await expect(store.totals('acme')).rejects.toThrow();
    await engine.start();
    await store.ready();
    await store.append(batch(WEB, { samples: [sample(START + 2000)] }));
    expect(await exported(store, WEB)).toEqual([header('r'), ...before, sample(START + 2000)]);
    await store.close();
  });

  it('what one pcd appends another one gives back', async () => {
    const [one, other] = [openVisible(engine), openVisible(engine)];
    const samples = samplesFrom(START, 20, 'r').map((each, at) => ({ ...each, seq: at + 1 }));
    await Promise.all(samples.map((each, at) => (at % 2 ? one : other).append(batch(WEB, { samples: [each] }))));
    await one.close();
    expect(await exported(other, WEB)).toEqual(samples);
    expect(await other.completeness(WEB, {})).toMatchObject({ total: { received: 20, missing_samples: 0 } });
    await other.close();
  });

  it('half of a batch that was never acknowledged is not given back', async () => {
    const store = openVisible(engine);
    await store.append(batch(WEB, { samples: [sample(START)] }));
    const labels = { tenant: WEB.tenant, machine: WEB.machine };
    const point = { values: [1], timestamps: [(START + 10) * 1000] };
    const half = [
      { metric: { __name__: 'perfcollector_cpu_user', ...labels }, ...point },
      { metric: { __name__: 'perfcollector:unnumbered', ...labels }, ...point },
      {
        metric: { __name__: 'perfcollector:shape', ...labels, id: 'x', part: '1/2', text: '{"names":["cpu' },
        ...point,
      },
    ];
    const body = half.map((line) => `${JSON.stringify(line)}\n`).join('');
    await fetch(`${engine.url}/api/v1/import`, { method: 'POST', body });
    expect(await timestamps(store, WEB)).toEqual([START]);
    await store.close();
  });

  it("Grafana's question for a field of a machine finds its values", async () => {
    const store = openVisible(engine);
    await store.append(batch(WEB, { samples: samplesFrom(START, 60, 'r') }));
    await engine.flush();
    const query = 'perfcollector_cpu_user{tenant="acme",machine="web01"}';
    const times = { start: String(START), end: String(START + 59), step: '1' };
    const answer = await fetch(`${engine.url}/api/v1/query_range?${new URLSearchParams({ query, ...times })}`);
    expect(await answer.json()).toMatchObject({
      status: 'success',
      data: {
        result: [
          {
            metric: { __name__: 'perfcollector_cpu_user', tenant: 'acme', machine: 'web01', run: 'r' },
            values: Array.from({ length: 60 }, (_, at) => [START + at, String(at)]),
          },
        ],
      },
    });
    await store.close();
  });
});

describe('an engine that answers as it should not', () => {
  /** Answers requests in these ways, one after the other, and the rest in the last one. */
  async function answering(...statuses: [number, ...number[]]) {
    const requests: { path: string; authorization: string | undefined }[] = [];
    const server = createServer(({ url = '', headers: { authorization } }, response) => {
      requests.push({ path: url, authorization });
      response.writeHead(statuses[requests.length - 1] ?? statuses.at(-1) ?? 500).end('the reason');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { requests, host, [Symbol.asyncDispose]: async () => void server.close() };
  }

  for (const status of [400, 401, 429, 500, 503]) {
    it(`an import that is answered with ${status} is refused, and its password is in no error`, async () => {
      await using server = await answering(status);
      const store = openVictoriaMetricsStore(`victoriametrics+http://pcd:secret@${server.host}/insert/0/prometheus`);
      const error: Error = await store.append(batch(WEB, { samples: [sample(START)] })).then(
        () => Promise.reject(new Error('was taken')),
        (refused) => refused,
      );
      expect(error).toMatchObject({ name: 'StoreError', code: 'UNAVAILABLE' });
      expect(error.message).toBe(`VictoriaMetrics at ${server.host} answered ${status}: the reason`);
      const authorization = `Basic ${Buffer.from('pcd:secret').toString('base64')}`;
      expect(server.requests[0]).toEqual({ path: '/insert/0/prometheus/api/v1/import', authorization });
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/secret|cGNk/);
      await store.close();
    });
  }

  it('an import that is refused in passing is sent again', async () => {
    await using server = await answering(503, 429, 204);
    const store = openVictoriaMetricsStore(`victoriametrics+http://${server.host}`);
    await store.append(batch(WEB, { samples: [sample(START)] }));
    expect(server.requests).toHaveLength(3);
    await store.close();
  });

  it("a cluster's writes, questions and deletions go where they belong", async () => {
    await using insert = await answering(204);
    await using select = await answering(500);
    const [write, read] = [`http://${insert.host}/insert/7/prometheus`, `http://${select.host}/select/7/prometheus`];
    const store = openVictoriaMetricsStore(`victoriametrics+${write},${read}`);
    await store.append(batch(WEB, { samples: [sample(START)] }));
    await expect(store.machines('acme')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const engine = new Engine(parseAddress(`victoriametrics+${write},${read}`));
    await expect(engine.deleteSeries('{a="b"}')).rejects.toThrow();
    expect(insert.requests.map(({ path }) => path)).toEqual(['/insert/7/prometheus/api/v1/import']);
    const asked = select.requests.map(({ path }) => path);
    expect(asked).toContain('/select/7/prometheus/api/v1/query');
    expect(asked.at(-1)).toBe('/delete/7/prometheus/api/v1/admin/tsdb/delete_series');
    await Promise.all([store.close(), engine.close()]);
  });
});
