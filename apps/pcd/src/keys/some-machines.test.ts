import { contract } from '@perfcollector/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOW, refusalOf, startServer, type TestServer } from '../test-server.ts';

const sample = { timestamp: NOW - 60, fields: { a: 1 } };

function trickle(server: TestServer, key: string, identifier: string) {
  const payload = { identifier, measurements: [sample] };
  return server.as(key, { method: 'POST', url: '/v1/trickle', payload });
}

describe('a key for some machines', () => {
  let server: TestServer;
  let reader: string;
  let keeper: string;

  beforeAll(async () => {
    server = await startServer();
    const all = await server.keyWith(['ingest']);
    for (const machine of ['web01', 'web02', 'db01']) await trickle(server, all, machine);
    reader = await server.keyWith(['read'], 'default', 'web*');
    keeper = await server.keyWith(['admin'], 'default', 'web*');
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('lists them and no others', async () => {
    const { machines } = contract.machineList.parse((await server.as(reader, { url: '/v1/machines' })).json());
    expect(machines.map(({ id }) => id)).toEqual(['web01', 'web02']);
  });

  for (const path of ['', '/collection', '/completeness']) {
    it(`reads …/:id${path} of them; another machine is as one that is not there`, async () => {
      expect((await server.as(reader, { url: `/v1/machines/web01${path}` })).statusCode).toBe(200);
      const other = refusalOf(await server.as(reader, { url: `/v1/machines/db01${path}` }));
      const none = refusalOf(await server.as(reader, { url: `/v1/machines/db99${path}` }));
      expect(other).toEqual({ ...none, error: none.error.replace('db99', 'db01') });
      expect(other).toMatchObject({ status: 404, code: 'NO_MACHINE' });
    });
  }

  it('is refused where more than one machine is asked after', async () => {
    for (const [key, url] of [
      [reader, '/v1/status'],
      [keeper, '/v1/keys'],
      [keeper, '/v1/audit'],
    ] as const) {
      const refusal = refusalOf(await server.as(key, { url }));
      expect(refusal).toMatchObject({ status: 403, code: 'SOME_MACHINES', error: expect.stringContaining('web*') });
    }
  });

  it('makes no keys, which could be for more than itself', async () => {
    const payload = { name: 'n', scopes: ['read'] };
    const answer = await server.as(keeper, { method: 'POST', url: '/v1/keys', payload });
    expect(refusalOf(answer)).toMatchObject({ status: 403, code: 'SOME_MACHINES' });
  });

  it('deletes them and no others', async () => {
    const other = await server.as(keeper, { method: 'DELETE', url: '/v1/machines/db01' });
    expect(refusalOf(other)).toMatchObject({ status: 404, code: 'NO_MACHINE' });
    expect((await server.as(keeper, { method: 'DELETE', url: '/v1/machines/web02' })).statusCode).toBe(200);
    expect((await server.store.machines('default')).map(({ id }) => id)).toEqual(['db01', 'web01']);
  });
});

describe('a key that may send for some machines', () => {
  it('sends a few samples of them and of no others', async () => {
    await using server = await startServer();
    const key = await server.keyWith(['ingest'], 'default', 'web*');
    expect((await trickle(server, key, 'web01')).json()).toEqual({});
    const refusal = refusalOf(await trickle(server, key, 'db01'));
    expect(refusal).toEqual({
      status: 403,
      code: 'OTHER_MACHINE',
      error: 'the API key is for the machines web* and not for db01',
    });
    expect((await server.store.machines('default')).map(({ id }) => id)).toEqual(['web01']);
  });

  it("uploads their lines; another machine's are refused as other bad lines are", async () => {
    await using server = await startServer();
    const key = await server.keyWith(['ingest'], 'default', 'web*');
    const lines = ['web01', 'db01', 'web02'].map((machine_id, at) =>
      JSON.stringify({ timestamp: NOW - 60 + at, tags: { machine_id }, fields: { at } }),
    );
    const upload = (payload: string) => server.as(key, { method: 'POST', url: '/v1/upload', payload });
    const reply = contract.uploadReply.parse((await upload(lines.join('\n'))).json());
    expect(reply).toMatchObject({ machines: ['web01', 'web02'], samples: 3, stored: 2 });
    expect(reply.problems).toEqual(['sample 2: the API key is for the machines web* and not for db01']);
    expect((await server.store.machines('default')).map(({ id }) => id)).toEqual(['web01', 'web02']);
    expect(refusalOf(await upload(lines[1] ?? ''))).toMatchObject({
      status: 400,
      code: 'BAD_COLLECTION',
      error: expect.stringContaining('not for db01'),
    });
  });

  it('may not be given a pattern that no identifier could fit', async () => {
    await using server = await startServer();
    for (const machines of ['', 'a b', '../*', '-x', 'x'.repeat(129)]) {
      const payload = { name: 'n', scopes: ['read'], machines };
      const answer = await server.as(server.admin, { method: 'POST', url: '/v1/keys', payload });
      expect(refusalOf(answer)).toMatchObject({ status: 400, error: expect.stringContaining('machines') });
    }
  });

  it('does not count as the last administrator', async () => {
    await using server = await startServer();
    await server.keyWith(['admin'], 'default', 'web*');
    const [, id = ''] = server.admin.split('_');
    const answer = await server.as(server.admin, { method: 'DELETE', url: `/v1/keys/${id}` });
    expect(refusalOf(answer)).toMatchObject({ status: 409, code: 'LAST_ADMIN' });
  });
});
