import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { buildApp } from '../app.ts';
import { NOW, refusalOf, startServer, type TestServer } from '../test-server.ts';
import type { RouteContext } from './context.ts';

const TIME = NOW - 100;

/** What a scrape gives, by name and labels: `pcd_machines{state="live"}`. */
async function scrape(server: TestServer): Promise<Map<string, number>> {
  const answer = await server.as(server.admin, { url: '/metrics' });
  expect(answer.statusCode).toBe(200);
  const lines = answer.body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** Those of a scrape that are named. */
async function numbersOf(server: TestServer, names: readonly string[]): Promise<Record<string, number | undefined>> {
  const all = await scrape(server);
  return Object.fromEntries(names.map((name) => [name, all.get(name)]));
}

function trickle(measurements: readonly unknown[]) {
  return { method: 'POST', url: '/v1/trickle', payload: { identifier: 'web01', measurements } } as const;
}

describe('/metrics', () => {
  it('counts and times requests by route, never by address', async () => {
    await using server = await startServer();
    for (const id of ['MARK1', 'MARK2', 'MARK3']) await server.as(server.admin, { url: `/v1/machines/${id}?q=MARK` });
    for (const url of ['/MARK', '/v2/MARK']) await server.app.inject({ url });
    await server.app.inject({ url: '/v1/machines' });
    await server.as(server.admin, trickle([]));
    const want = {
      'pcd_http_requests_total{method="GET",route="/v1/machines/:id",status="404"}': 3,
      'pcd_http_requests_total{method="GET",route="none",status="404"}': 2,
      'pcd_http_requests_total{method="GET",route="/v1/machines",status="401"}': 1,
      'pcd_http_requests_total{method="POST",route="/v1/trickle",status="200"}': 1,
      'pcd_http_request_duration_seconds_count{method="GET",route="/v1/machines/:id"}': 3,
      'pcd_http_rejections_total{code="NO_MACHINE"}': 3,
      'pcd_http_rejections_total{code="NO_ROUTE"}': 2,
      'pcd_http_rejections_total{code="NO_KEY"}': 1,
    };
    expect(await numbersOf(server, Object.keys(want))).toEqual(want);
    expect([...(await scrape(server)).keys()].join()).not.toContain('MARK');
  });

  it('counts samples, values, duplicates, and lines that were not taken', async () => {
    await using server = await startServer();
    const [first, second] = [TIME, TIME + 1].map((timestamp) => ({ timestamp, fields: { a: 1, b: 2, c: 3 } }));
    await server.as(server.admin, trickle([first, second]));
    await server.as(server.admin, trickle([second, { timestamp: 5, fields: {} }, { timestamp: TIME, fields: 7 }, 'x']));
    const payload = `${JSON.stringify(first)}\n${JSON.stringify({ timestamp: 6, fields: {} })}\n`;
    await server.as(server.admin, { method: 'POST', url: '/v1/upload?identifier=web02', payload });
    const want = {
      pcd_samples_total: 3,
      pcd_values_total: 12,
      pcd_duplicates_total: 1,
      'pcd_rejected_lines_total{code="BAD_TIMESTAMP"}': 2,
      'pcd_rejected_lines_total{code="BAD_MEASUREMENT"}': 2,
    };
    expect(await numbersOf(server, Object.keys(want))).toEqual(want);
    expect(await numbersOf(server, Object.keys(want))).toEqual(want); // a scrape adds nothing
  });

  it('tells of the store, its commits, the queue, the machines and the process', async () => {
    await using server = await startServer();
    await server.as(await server.keyWith(['ingest'], 'acme'), trickle([{ timestamp: TIME, fields: { a: 1 } }]));
    const [machine] = await server.store.machines('acme');
    server.clock.now = machine?.seen ?? 0;
    const ticket = server.admission.enter('someone');
    ticket.grow(1000);
    const want = {
      pcd_store_samples: 1,
      'pcd_machines{state="live"}': 1,
      'pcd_machines{state="gone"}': 0,
      pcd_queue_requests: 2, // someone's, and the scrape itself
      pcd_queue_bytes: 1000,
      'pcd_build_info{version="1.2.3"}': 1,
    };
    expect(await numbersOf(server, Object.keys(want))).toEqual(want);
    ticket.leave();
    const all = await scrape(server);
    for (const name of ['pcd_store_bytes', 'pcd_disk_free_bytes', 'process_resident_memory_bytes']) {
      expect([name, all.get(name) ?? 0]).toEqual([name, expect.toSatisfy((value) => value > 0)]);
    }
  });

  it('times the commits of the store and counts what shares one', async () => {
    await using server = await startServer();
    await server.as(server.admin, trickle([{ timestamp: TIME, fields: { a: 1 } }]));
    await vi.waitFor(async () => {
      const all = await scrape(server);
      const numberOf = (name: string) => all.get(`pcd_store_commit_${name}`) ?? 0;
      const commits = numberOf('duration_seconds_count');
      expect(commits).toBeGreaterThan(0);
      expect(numberOf('duration_seconds_sum')).toBeGreaterThan(0);
      expect(numberOf('requests_count')).toBe(commits);
      expect(numberOf('requests_sum')).toBeGreaterThanOrEqual(commits);
    });
  });

  it('is in the text format, each metric with its help and type, and named as Prometheus wants it', async () => {
    await using server = await startServer();
    const answer = await server.as(server.admin, { url: '/metrics' });
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    for (const block of answer.body.trim().split(/\n\n|\n(?=# HELP)/)) {
      const [help = '', type = '', ...samples] = block.split('\n');
      const [, name = ''] = /^# HELP ([a-z0-9_]+) \S/.exec(help) ?? [];
      expect(name).toMatch(/^(pcd|process|nodejs)_/);
      expect(type).toMatch(new RegExp(`^# TYPE ${name} (counter|gauge|histogram|summary)$`));
      if (name.startsWith('pcd_')) expect(type.endsWith(' counter')).toBe(name.endsWith('_total'));
      for (const sample of samples)
        expect(sample).toMatch(new RegExp(`^${name}(_bucket|_sum|_count)?({.*})? [-+.\\w]+$`));
    }
  });
});

describe('who sees /metrics', () => {
  it('those of the server itself with a key that may read', async () => {
    await using server = await startServer();
    expect((await server.as(await server.keyWith(['read']), { url: '/metrics' })).statusCode).toBe(200);
    expect(refusalOf(await server.app.inject({ url: '/metrics' }))).toMatchObject({ status: 401, code: 'NO_KEY' });
    const others = await server.as(await server.keyWith(['read'], 'acme'), { url: '/metrics' });
    expect(refusalOf(others)).toMatchObject({ status: 403, code: 'OTHER_TENANT' });
  });

  /** The status that someone without a key gets. */
  async function statusFor(app: FastifyInstance, remoteAddress: string, headers = {}): Promise<number> {
    return (await app.inject({ url: '/metrics', remoteAddress, headers })).statusCode;
  }

  async function openedTo(server: TestServer, metricsOpen: RouteContext['metricsOpen']): Promise<FastifyInstance> {
    return buildApp({ ...server.context, metricsOpen }, pino({ level: 'silent' }));
  }

  it('what runs on the same machine, where it is open to loopback, but not what a proxy there passes on', async () => {
    await using server = await startServer();
    const app = await openedTo(server, 'loopback');
    for (const address of ['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1']) {
      expect([address, await statusFor(app, address)]).toEqual([address, 200]);
    }
    for (const address of ['10.0.0.1', '::2', '::ffff:10.0.0.1', '192.168.127.1']) {
      expect([address, await statusFor(app, address)]).toEqual([address, 401]);
    }
    for (const header of ['x-forwarded-for', 'forwarded']) {
      expect(await statusFor(app, '127.0.0.1', { [header]: '127.0.0.1' })).toBe(401);
    }
    await app.close();
  });

  it('everyone, where it is open to all', async () => {
    await using server = await startServer();
    const app = await openedTo(server, 'all');
    expect(await statusFor(app, '203.0.113.9')).toBe(200);
    expect((await app.inject({ url: '/v1/machines', remoteAddress: '127.0.0.1' })).statusCode).toBe(401);
    await app.close();
  });
});
