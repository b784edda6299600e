import { contract } from '@perfcollector/api';
import { expect, it } from 'vitest';
import { NOW, startServer } from '../test-server.ts';

const TIME = NOW - 100;

it("status counts what there is of the caller's own tenant", async () => {
  await using server = await startServer();
  const other = await server.keyWith(['ingest', 'read'], 'acme');
  const payload = {
    identifier: 'web01',
    measurements: [TIME, TIME + 1].map((timestamp) => ({ timestamp, fields: {} })),
  };
  await server.as(other, { method: 'POST', url: '/v1/trickle', payload });
  const own = contract.statusReply.parse((await server.as(other, { url: '/v1/status' })).json());
  expect(own).toMatchObject({ version: '1.2.3', started: NOW, tenant: 'acme', machines: 1, samples: 2 });
  expect(own).toMatchObject({ first: TIME, last: TIME + 1, store: { kind: 'sqlite' } });
  expect(own.store.bytes).toBeGreaterThan(0);
  const admins = (await server.as(server.admin, { url: '/v1/status' })).json();
  expect(admins).toMatchObject({ tenant: 'default', machines: 0, samples: 0, first: null, last: null });
});
