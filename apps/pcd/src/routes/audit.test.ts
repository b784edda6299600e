import { contract } from '@perfcollector/api';
import { StoreError } from '@perfcollector/storage';
import type { InjectOptions } from 'fastify';
import { describe, expect, it, vi } from 'vitest';
import { NOW, refusalOf, startServer, type TestServer } from '../test-server.ts';

async function entriesOf(server: TestServer, query = '', key = server.admin) {
  const answer = await server.as(key, { url: `/v1/audit${query}` });
  return contract.auditReply.strict().parse(answer.json()).entries;
}

async function create(server: TestServer, payload: object): Promise<contract.NewKey> {
  return contract.newKey.parse((await server.as(server.admin, { method: 'POST', url: '/v1/keys', payload })).json());
}

const idOf = (key: string) => key.split('_')[1] ?? '';

describe('the audit log', () => {
  it('tells who did what to what, when and from where, the newest first', async () => {
    await using server = await startServer();
    const made = await create(server, { name: 'agents', scopes: ['ingest', 'read'], machines: 'web*', tenant: 'acme' });
    server.clock.now = NOW + 5;
    await server.as(server.admin, { method: 'POST', url: `/v1/keys/${made.id}/rotate`, payload: { overlap: 60 } });
    await server.as(server.admin, { method: 'DELETE', url: `/v1/keys/${made.id}` });
    await server.store.append({
      ...{ tenant: 'default', machine: 'web01', headers: [], events: [] },
      samples: [{ timestamp: NOW, fields: {} }],
    });
    await server.as(server.admin, { method: 'DELETE', url: '/v1/machines/web01' });
    const who = { key: idOf(server.admin), address: '127.0.0.1' };
    const detail = { name: 'agents', scopes: 'ingest,read', machines: 'web*', expires: null };
    const key = { ...who, tenant: 'acme', target: made.id };
    expect(await entriesOf(server)).toEqual([
      { ...who, time: NOW + 5, tenant: 'default', action: 'machines.delete', target: 'web01', detail: { samples: 1 } },
      { ...key, time: NOW + 5, action: 'keys.revoke', detail },
      { ...key, time: NOW + 5, action: 'keys.rotate', detail: { ...detail, overlap: 60 } },
      { ...key, time: NOW, action: 'keys.create', detail },
      {
        ...{ time: NOW, tenant: 'default', key: null, address: null },
        ...{ action: 'keys.create', target: idOf(server.admin), detail: { name: 'administrator' } },
      },
    ]);
  });

  it('is asked of a time, and for no more than so many entries', async () => {
    await using server = await startServer();
    for (const at of [10, 20, 30]) {
      server.clock.now = NOW + at;
      await create(server, { name: `at ${at}`, scopes: ['read'] });
    }
    const names = async (query: string) => (await entriesOf(server, query)).map(({ detail }) => detail.name);
    expect(await names(`?from=${NOW + 10}&to=${NOW + 20}`)).toEqual(['at 20', 'at 10']);
    expect(await names('?limit=2')).toEqual(['at 30', 'at 20']);
    for (const query of ['?limit=0', '?limit=1001', '?limit=1.5', '?limit=all', '?from=yesterday', '?tenant=a/b']) {
      const answer = await server.as(server.admin, { url: `/v1/audit${query}` });
      expect(refusalOf(answer)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    }
  });

  it('shows a tenant what concerns it; those who run the server, all', async () => {
    await using server = await startServer();
    const theirs = await create(server, { name: 'theirs', scopes: ['admin'], tenant: 'acme' });
    await create(server, { name: 'strangers', scopes: ['admin'], tenant: 'other' });
    const names = async (key: string, query = '') =>
      (await entriesOf(server, query, key)).map(({ detail }) => detail.name);
    expect(await names(theirs.key)).toEqual(['theirs']);
    expect(await names(theirs.key, '?tenant=acme')).toEqual(['theirs']);
    expect(await names(server.admin)).toEqual(['strangers', 'theirs', 'administrator']);
    expect(await names(server.admin, '?tenant=other')).toEqual(['strangers']);
    const refused = await server.as(theirs.key, { url: '/v1/audit?tenant=other' });
    expect(refusalOf(refused)).toMatchObject({ status: 403, code: 'OTHER_TENANT' });
  });

  it('holds no secret', async () => {
    await using server = await startServer();
    const made = await create(server, { name: 'n', scopes: ['read'] });
    const rotated = await server.as(server.admin, { method: 'POST', url: `/v1/keys/${made.id}/rotate` });
    await server.as(made.key, { url: `/v1/keys?apikey=${made.key}` });
    const text = JSON.stringify(await entriesOf(server));
    for (const { key } of [made, contract.newKey.parse(rotated.json()), { key: server.admin }]) {
      expect(text).not.toContain(key.slice(17));
    }
    expect(text).toContain(made.id);
  });
});

describe('what cannot be written down is not done', () => {
  const full = () => Promise.reject(new StoreError('FULL', 'database or disk is full'));

  it('no key is made, rotated or revoked, and no machine deleted', async () => {
    await using server = await startServer();
    const made = await create(server, { name: 'n', scopes: ['read'] });
    await server.store.append({
      ...{ tenant: 'default', machine: 'web01', headers: [], events: [] },
      samples: [{ timestamp: NOW, fields: {} }],
    });
    const before = server.keys.list();
    const failing = vi.spyOn(server.store, 'addAudit').mockImplementation(full);
    const actions: InjectOptions[] = [
      { method: 'POST', url: '/v1/keys', payload: { name: 'x', scopes: ['read'] } },
      { method: 'POST', url: `/v1/keys/${made.id}/rotate` },
      { method: 'DELETE', url: `/v1/keys/${made.id}` },
      { method: 'DELETE', url: '/v1/machines/web01' },
    ];
    for (const action of actions) {
      expect(refusalOf(await server.as(server.admin, action))).toMatchObject({ status: 507, code: 'DISK_FULL' });
    }
    expect(server.keys.list()).toEqual(before);
    expect((await server.as(made.key, { url: '/v1/machines/web01' })).json()).toMatchObject({ samples: 1 });
    failing.mockRestore();
    expect((await server.as(server.admin, { method: 'DELETE', url: '/v1/machines/web01' })).statusCode).toBe(200);
  });

  it('and what is not done is not written down as done', async () => {
    await using server = await startServer();
    await server.as(server.admin, { method: 'DELETE', url: '/v1/machines/none' });
    await server.as(server.admin, { method: 'DELETE', url: `/v1/keys/${idOf(server.admin)}` });
    expect(await entriesOf(server)).toHaveLength(1);
  });
});

describe('what a valid key was not allowed to do', () => {
  it('is written down by its route, once a minute and key at most', async () => {
    await using server = await startServer();
    const reader = await server.keyWith(['read']);
    const other = await server.keyWith(['ingest'], 'acme');
    for (let times = 0; times < 5; times += 1) {
      await server.as(reader, { method: 'DELETE', url: '/v1/machines/web01?x=y' });
    }
    await server.as(other, { url: '/v1/keys' });
    const who = { time: NOW, address: '127.0.0.1', action: 'refused', detail: {} };
    expect((await entriesOf(server)).slice(0, -1)).toEqual([
      { ...who, key: idOf(other), tenant: 'acme', target: 'GET /v1/keys' },
      { ...who, key: idOf(reader), tenant: 'default', target: 'DELETE /v1/machines/:id' },
    ]);
  });

  it('is refused as well where it cannot be written down', async () => {
    await using server = await startServer();
    const reader = await server.keyWith(['read']);
    vi.spyOn(server.store, 'addAudit').mockRejectedValue(new StoreError('FULL', 'database or disk is full'));
    const answer = await server.as(reader, { url: '/v1/keys' });
    expect(refusalOf(answer)).toMatchObject({ status: 403, code: 'MISSING_SCOPE' });
    expect(server.logged()).toContain('a refusal is not in the audit log');
  });

  it('a wrong key, or one that lacks the scope to read, is no attempt at an administrator’s work', async () => {
    await using server = await startServer();
    const sender = await server.keyWith(['ingest']);
    await server.as('wrong-key-wrong-key', { url: '/v1/keys' });
    await server.as(sender, { url: '/v1/machines' });
    expect(await entriesOf(server)).toHaveLength(1);
  });
});
