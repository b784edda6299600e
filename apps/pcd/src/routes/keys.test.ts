import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { contract } from '@perfcollector/api';
import type { InjectOptions } from 'fastify';
import { describe, expect, it } from 'vitest';
import { readAdminKey } from '../home.ts';
import { makeTempDir, NOW, refusalOf, startServer, type TestServer } from '../test-server.ts';

async function create(server: TestServer, payload: object, key = server.admin): Promise<contract.NewKey> {
  const answer = await server.as(key, { method: 'POST', url: '/v1/keys', payload });
  expect([answer.statusCode, answer.json()]).toEqual([201, expect.any(Object)]);
  return contract.newKey.parse(answer.json());
}

async function list(server: TestServer, key = server.admin): Promise<contract.Key[]> {
  return contract.keyList.parse((await server.as(key, { url: '/v1/keys' })).json()).keys;
}

/** What a key is answered where every key with the scope `read` gets an answer. */
async function statusOf(server: TestServer, key: string): Promise<number> {
  return (await server.as(key, { url: '/v1/machines' })).statusCode;
}

async function rotate(server: TestServer, id: string, payload?: object): Promise<contract.NewKey> {
  const answer = await server.as(server.admin, { ...rotation(id), ...(payload && { payload }) });
  return contract.newKey.parse(answer.json());
}

const rotation = (id: string): InjectOptions => ({ method: 'POST', url: `/v1/keys/${id}/rotate` });
const revocation = (id: string): InjectOptions => ({ method: 'DELETE', url: `/v1/keys/${id}` });

/** Connections that stay open between requests, one at a time. */
function keepAlive(): Agent & Disposable {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return Object.assign(agent, { [Symbol.dispose]: () => agent.destroy() });
}

interface Post {
  readonly agent: Agent;
  readonly key: string;
  readonly body: string;
}

async function post(url: string, { agent, key, body }: Post) {
  const headers = { 'x-api-key': key, 'content-type': 'application/json' };
  const sent = request(url, { method: 'POST', agent, headers }).end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const { localPort } = answer.socket;
  answer.resume();
  await once(answer, 'end');
  return { status: answer.statusCode, localPort };
}

describe('making a key', () => {
  it('gives it once, with what it may do', async () => {
    await using server = await startServer();
    const made = await create(server, { name: 'Zoë', scopes: ['read', 'ingest', 'read'], expires: NOW + 60 });
    expect(made).toMatchObject({ name: 'Zoë', tenant: 'default', created: NOW, expires: NOW + 60 });
    expect(made.scopes.toSorted()).toEqual(['ingest', 'read']);
    expect(await statusOf(server, made.key)).toBe(200);
    const [, listed] = await list(server);
    const { key: _secret, ...described } = made;
    expect(listed).toEqual({ ...described, last_used: NOW });
  });

  it('two keys of one name are two keys', async () => {
    await using server = await startServer();
    const [one, two] = [
      await create(server, { name: 'n', scopes: ['read'] }),
      await create(server, { name: 'n', scopes: ['read'] }),
    ];
    expect(one.id).not.toBe(two.id);
    expect(one.key.split('_').at(-1)).not.toBe(two.key.split('_').at(-1));
  });

  const bad: readonly [string, object][] = [
    ['an unknown scope', { name: 'n', scopes: ['root'] }],
    ['no scope', { name: 'n', scopes: [] }],
    ['no name', { scopes: ['read'] }],
    ['a name of 129 characters', { name: 'n'.repeat(129), scopes: ['read'] }],
    ['a tenant that is a path', { name: 'n', scopes: ['read'], tenant: '../x' }],
    ['an expiry in words', { name: 'n', scopes: ['read'], expires: 'tomorrow' }],
  ];
  for (const [name, payload] of bad) {
    it(`with ${name} is refused and makes none`, async () => {
      await using server = await startServer();
      const answer = await server.as(server.admin, { method: 'POST', url: '/v1/keys', payload });
      expect(refusalOf(answer)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
      expect(await list(server)).toHaveLength(1);
    });
  }
});

describe('secrets', () => {
  it('are in no list of keys and no file but admin.key', async () => {
    await using server = await startServer();
    const made = await create(server, { name: 'n', scopes: ['read'] });
    const rotated = contract.newKey.parse((await server.as(server.admin, rotation(made.id))).json());
    const secrets = [server.admin, made.key, rotated.key].map((key) => key.slice('pck_0123456789ab_'.length));
    expect(secrets.every((secret) => secret.length >= 40)).toBe(true);
    const listed = (await server.as(server.admin, { url: '/v1/keys' })).body;
    const files = readdirSync(server.home.path).filter((name) => name !== 'admin.key');
    expect(files).toContain('pcd.sqlite');
    for (const secret of secrets) {
      expect(listed).not.toContain(secret);
      for (const name of files) expect(readFileSync(join(server.home.path, name)).includes(secret)).toBe(false);
    }
    expect(listed).not.toContain('hash');
    // The search finds what is there: the id of a key is no secret.
    expect(files.some((name) => readFileSync(join(server.home.path, name)).includes(made.id))).toBe(true);
  });
});

describe('rotating a key', () => {
  it('ends the old secret at once and keeps the rest', async () => {
    await using server = await startServer();
    const made = await create(server, { name: 'n', scopes: ['read'], expires: NOW + 60 });
    const rotated = contract.newKey.parse((await server.as(server.admin, rotation(made.id))).json());
    expect(rotated).toEqual({ ...made, key: rotated.key });
    expect(rotated.key).not.toBe(made.key);
    expect(await statusOf(server, made.key)).toBe(401);
    expect(await statusOf(server, rotated.key)).toBe(200);
    expect(await list(server)).toHaveLength(2);
  });

  it('with an overlap keeps the old secret valid until then, and no longer', async () => {
    await using server = await startServer();
    const made = await create(server, { name: 'n', scopes: ['read'] });
    const rotated = await rotate(server, made.id, { overlap: 60 });
    expect(rotated.previous_until).toBe(NOW + 60);
    expect([await statusOf(server, made.key), await statusOf(server, rotated.key)]).toEqual([200, 200]);
    server.clock.now = NOW + 59.999;
    expect(await statusOf(server, made.key)).toBe(200);
    expect((await list(server)).at(-1)).toMatchObject({ id: made.id, previous_until: NOW + 60 });
    server.clock.now = NOW + 60;
    expect([await statusOf(server, made.key), await statusOf(server, rotated.key)]).toEqual([401, 200]);
    expect((await list(server)).at(-1)).toMatchObject({ id: made.id, previous_until: null });
  });

  it('once more ends the overlap of the secret before, and without one ends both', async () => {
    await using server = await startServer();
    const first = await create(server, { name: 'n', scopes: ['read'] });
    const second = await rotate(server, first.id, { overlap: 60 });
    const third = await rotate(server, first.id, { overlap: 60 });
    const statuses = () => Promise.all([first, second, third].map(({ key }) => statusOf(server, key)));
    expect(await statuses()).toEqual([401, 200, 200]);
    await rotate(server, first.id);
    expect(await statuses()).toEqual([401, 401, 401]);
  });

  it('with an overlap makes no key live longer than it would, and its end ends both secrets', async () => {
    await using server = await startServer();
    const made = await create(server, { name: 'n', scopes: ['read'], expires: NOW + 30 });
    const rotated = await rotate(server, made.id, { overlap: 60 });
    server.clock.now = NOW + 30;
    expect([await statusOf(server, made.key), await statusOf(server, rotated.key)]).toEqual([401, 401]);
    const other = await create(server, { name: 'm', scopes: ['read'] });
    const others = await rotate(server, other.id, { overlap: 60 });
    await server.as(server.admin, revocation(other.id));
    expect([await statusOf(server, other.key), await statusOf(server, others.key)]).toEqual([401, 401]);
  });

  it('with an overlap is remembered over a restart', async () => {
    const directory = makeTempDir();
    const home = join(directory, 'home');
    const made = await (async () => {
      await using server = await startServer(home);
      const key = await create(server, { name: 'n', scopes: ['read'] });
      await rotate(server, key.id, { overlap: 60 });
      return key;
    })();
    {
      await using server = await startServer(home);
      expect(await statusOf(server, made.key)).toBe(200);
      server.clock.now = NOW + 60;
      expect(await statusOf(server, made.key)).toBe(401);
    }
    rmSync(directory, { recursive: true });
  });

  it('with an overlap that is none, or longer than 90 days, is refused and changes nothing', async () => {
    await using server = await startServer();
    const made = await create(server, { name: 'n', scopes: ['read'] });
    for (const overlap of [-1, '1h', null, 90 * 86_400 + 1]) {
      const answer = await server.as(server.admin, { ...rotation(made.id), payload: { overlap } });
      expect(refusalOf(answer)).toMatchObject({ status: 400, error: expect.stringContaining('"overlap"') });
    }
    expect(await statusOf(server, made.key)).toBe(200);
  });

  it("the first administrator's new key goes into admin.key", async () => {
    await using server = await startServer();
    const [first] = await list(server);
    const rotated = contract.newKey.parse((await server.as(server.admin, rotation(first?.id ?? ''))).json());
    expect(readAdminKey(server.home)).toBe(rotated.key);
    expect(await statusOf(server, server.admin)).toBe(401);
    expect(await statusOf(server, rotated.key)).toBe(200);
  });

  it('of anyone else leaves admin.key as it is', async () => {
    await using server = await startServer();
    const made = await create(server, { name: 'n', scopes: ['admin'] });
    await server.as(server.admin, rotation(made.id));
    expect(readAdminKey(server.home)).toBe(server.admin);
  });
});

describe('revoking a key', () => {
  it('ends it at once and takes it from the list', async () => {
    await using server = await startServer();
    const made = await create(server, { name: 'n', scopes: ['read'] });
    expect((await server.as(server.admin, revocation(made.id))).json()).toEqual({ id: made.id });
    expect(await statusOf(server, made.key)).toBe(401);
    expect((await list(server)).map(({ id }) => id)).not.toContain(made.id);
  });

  it('ends it for connections that are open, too; a request under way is finished', async () => {
    await using server = await startServer();
    const made = await create(server, { name: 'n', scopes: ['ingest'] });
    const url = await server.app.listen({ host: '127.0.0.1', port: 0 });
    using agent = keepAlive();
    const ask = () => post(`${url}/v1/trickle`, { agent, key: made.key, body: '{"identifier":"m","measurements":[]}' });
    const upload = request(`${url}/v1/upload?identifier=m`, {
      method: 'POST',
      headers: { 'x-api-key': made.key, 'content-type': 'application/octet-stream' },
    });
    upload.write(`{"timestamp":${NOW - 2},"fields":{}}\n`);
    await once(server.app.server, 'request');
    const before = await ask();
    await server.as(server.admin, revocation(made.id));
    const after = await ask();
    expect([before.status, after.status]).toEqual([200, 401]);
    expect(after.localPort).toBe(before.localPort);
    upload.end(`{"timestamp":${NOW - 1},"fields":{}}\n`);
    const [answer] = (await once(upload, 'response')) as [IncomingMessage];
    answer.resume();
    expect(answer.statusCode).toBe(200);
    expect(await server.store.totals('default')).toMatchObject({ samples: 2 });
  });

  it('an unknown id is a 404, one that is no id a 400', async () => {
    await using server = await startServer();
    for (const request of [revocation, rotation]) {
      const unknown = await server.as(server.admin, request('0123456789ab'));
      expect(refusalOf(unknown)).toMatchObject({ status: 404, code: 'NO_KEY_ID' });
      for (const id of ['NOT-AN-ID', '..%2Fx', 'f'.repeat(33)]) {
        expect(refusalOf(await server.as(server.admin, request(id)))).toMatchObject({ status: 400 });
      }
    }
  });

  it('the last administrator stays, also beside those of tenants and those that expire', async () => {
    await using server = await startServer();
    const [first] = await list(server);
    await create(server, { name: 'theirs', scopes: ['admin'], tenant: 'acme' });
    await create(server, { name: 'for a while', scopes: ['admin'], expires: NOW + 60 });
    await create(server, { name: 'reader', scopes: ['read'] });
    const refused = await server.as(server.admin, revocation(first?.id ?? ''));
    expect(refusalOf(refused)).toMatchObject({ status: 409, code: 'LAST_ADMIN' });
    expect(await statusOf(server, server.admin)).toBe(200);
    const second = await create(server, { name: 'second', scopes: ['admin', 'read'] });
    expect((await server.as(server.admin, revocation(first?.id ?? ''))).statusCode).toBe(200);
    expect(await statusOf(server, server.admin)).toBe(401);
    expect(await statusOf(server, second.key)).toBe(200);
  });
});

describe('tenants', () => {
  it('an administrator of one sees and changes only its keys', async () => {
    await using server = await startServer();
    const own = await create(server, { name: 'own', scopes: ['admin', 'read'], tenant: 'acme' });
    const theirs = await create(server, { name: 'theirs', scopes: ['read'], tenant: 'other' });
    const [first] = await list(server);
    expect((await list(server, own.key)).map(({ id }) => id)).toEqual([own.id]);
    for (const id of [theirs.id, first?.id ?? '']) {
      for (const request of [revocation(id), rotation(id)]) {
        expect(refusalOf(await server.as(own.key, request))).toMatchObject({ status: 404, code: 'NO_KEY_ID' });
      }
    }
    expect(await statusOf(server, theirs.key)).toBe(200);
    expect(await statusOf(server, server.admin)).toBe(200);
  });

  it('an administrator of one makes keys for it and for no other', async () => {
    await using server = await startServer();
    const own = await create(server, { name: 'own', scopes: ['admin'], tenant: 'acme' });
    expect(await create(server, { name: 'agent', scopes: ['ingest'] }, own.key)).toMatchObject({ tenant: 'acme' });
    for (const tenant of ['default', 'other']) {
      const payload = { name: 'n', scopes: ['read'], tenant };
      const answer = await server.as(own.key, { method: 'POST', url: '/v1/keys', payload });
      expect(refusalOf(answer)).toMatchObject({ status: 403, code: 'OTHER_TENANT' });
    }
    expect(await list(server)).toHaveLength(3);
  });

  it("the server's own administrators see and change all keys", async () => {
    await using server = await startServer();
    const theirs = await create(server, { name: 'theirs', scopes: ['read', 'admin'], tenant: 'acme' });
    expect((await list(server)).map(({ id }) => id)).toContain(theirs.id);
    expect((await server.as(server.admin, revocation(theirs.id))).statusCode).toBe(200);
    expect(await statusOf(server, theirs.key)).toBe(401);
  });
});

describe('changes to keys at the same moment', () => {
  it('leave one administrator, whoever comes first', async () => {
    await using server = await startServer();
    const second = await create(server, { name: 'second', scopes: ['admin'] });
    const ids = (await list(server)).map(({ id }) => id);
    const answers = await Promise.all(ids.map((id) => server.as(second.key, revocation(id))));
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 409]);
  });

  it('do not bring a revoked key back', async () => {
    await using server = await startServer();
    const made = await create(server, { name: 'n', scopes: ['read'] });
    const [revoked, rotated] = await Promise.all([
      server.as(server.admin, revocation(made.id)),
      server.as(server.admin, rotation(made.id)),
    ]);
    expect([revoked.statusCode, rotated.statusCode]).toEqual([200, 404]);
    expect(server.keys.find(made.id)).toBeUndefined();
  });

  it('that would be over already make no key', async () => {
    await using server = await startServer();
    const payload = { name: 'n', scopes: ['read'], expires: NOW };
    const answer = await server.as(server.admin, { method: 'POST', url: '/v1/keys', payload });
    expect(refusalOf(answer)).toMatchObject({ status: 400, code: 'BAD_EXPIRY' });
  });
});
