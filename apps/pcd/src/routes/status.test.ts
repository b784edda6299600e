import { contract } from '@perfcollector/api';
import { describe, expect, it } from 'vitest';
import { NOW, startServer, type TestServer } from '../test-server.ts';

const TIME = NOW - 100;

/** Sends samples with three values each. */
async function send(server: TestServer, key: string, timestamps: readonly number[]): Promise<void> {
  const measurements = timestamps.map((timestamp) => ({ timestamp, fields: { a: 1, b: 2, c: 'x' } }));
  await server.as(key, { method: 'POST', url: '/v1/trickle', payload: { identifier: 'web01', measurements } });
}

async function statusOf(server: TestServer, key: string): Promise<contract.Status> {
  return contract.statusReply.parse((await server.as(key, { url: '/v1/status' })).json());
}

describe('status', () => {
  it("counts what there is of the caller's own tenant", async () => {
    await using server = await startServer();
    const other = await server.keyWith(['ingest', 'read'], 'acme');
    await send(server, other, [TIME, TIME + 1]);
    const own = await statusOf(server, other);
    expect(own).toMatchObject({ version: '1.2.3', started: NOW, tenant: 'acme', machines: 1, samples: 2 });
    expect(own).toMatchObject({ first: TIME, last: TIME + 1, store: { kind: 'sqlite' } });
    expect(own.store.bytes).toBeGreaterThan(0);
    expect(await statusOf(server, server.admin)).toMatchObject({ machines: 0, samples: 0, first: null, last: null });
  });

  it('tells of all tenants together only to those who run the server', async () => {
    await using server = await startServer();
    const other = await server.keyWith(['ingest', 'read'], 'acme');
    await send(server, other, [TIME, TIME + 1]);
    expect((await statusOf(server, other)).server).toBeNull();
    const { server: all } = await statusOf(server, server.admin);
    expect(all).toMatchObject({ machines: 1, samples: 2, first: TIME, last: TIME + 1 });
  });

  it('tells what came in during the last minute, and for how many days the disk lasts at that', async () => {
    await using server = await startServer();
    expect((await statusOf(server, server.admin)).server).toMatchObject({ disk: { days_left: null } });
    server.clock.now = NOW + 90;
    await send(server, server.admin, [TIME, TIME + 1, TIME + 2]);
    const { uptime, store, server: all } = await statusOf(server, server.admin);
    expect(uptime).toBe(90);
    expect(all).toMatchObject({ samples_per_second: 3 / 60, values_per_second: 9 / 60 });
    const { free = 0, days_left } = all?.disk ?? {};
    expect(free).toBeGreaterThan(0);
    expect(days_left).toBeCloseTo((free * 90) / Number(store.bytes) / 86_400);
  });

  it('counts live, late and silent machines', async () => {
    await using server = await startServer();
    await send(server, server.admin, [TIME]);
    const [machine] = await server.store.machines('default');
    for (const [later, states] of [
      [0, { live: 1, late: 0, gone: 0 }],
      [300, { live: 0, late: 1, gone: 0 }],
      [10 * 86_400, { live: 0, late: 0, gone: 1 }],
    ] as const) {
      server.clock.now = (machine?.seen ?? 0) + later;
      expect((await statusOf(server, server.admin)).states).toEqual(states);
    }
  });
});
