import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { ApiError, Client } from '@perfcollector/api';
import { beforeEach, describe, expect, it } from 'vitest';
import { linesOf, NOW, startServer, type TestServer } from './test-server.ts';

/** The client of @perfcollector/api against the server that it is made for, over a real connection. */
const TIME = 1_767_982_248;

let server: TestServer;
let url: string;
let client: Client;

beforeEach(async () => {
  server = await startServer();
  url = await server.app.listen({ host: '127.0.0.1', port: 0 });
  client = new Client({ server: url, apiKey: server.admin });
  return async () => {
    await client.destroy();
    await server[Symbol.asyncDispose]();
  };
});

function lines(count: number): string[] {
  return Array.from({ length: count }, (_, at) => JSON.stringify({ timestamp: TIME + at, fields: { at } }));
}

async function exported(id: string, range = {}): Promise<unknown[]> {
  return linesOf(await text(await client.collection(id, range)));
}

async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  const reason: unknown = await promise.catch((error: unknown) => error);
  if (!(reason instanceof ApiError)) throw new Error(`expected an ApiError, got ${String(reason)}`);
  expect(reason.message).not.toContain(server.admin);
  return reason;
}

describe('every method is understood by pcd', () => {
  it('ping, version, status', async () => {
    expect(await client.ping(TIME + 0.5)).toEqual({ origintimestamp: TIME + 0.5, timestamp: NOW });
    expect(await client.version()).toEqual({ name: 'pcd', version: '1.2.3', api: 'v1' });
    expect(await client.status()).toMatchObject({ tenant: 'default', machines: 0, started: NOW });
  });

  it('trickle, machines, machine, collection, deleteMachine', async () => {
    const sent = lines(500);
    await client.trickle('web:01@x', sent);
    expect(await client.machines()).toMatchObject({ machines: [{ id: 'web:01@x', samples: 500 }] });
    expect(await client.machine('web:01@x')).toMatchObject({ id: 'web:01@x', header: null });
    expect(await exported('web:01@x')).toEqual(sent.map((line) => JSON.parse(line)));
    expect(await exported('web:01@x', { from: TIME + 10, to: TIME + 11 })).toHaveLength(2);
    expect(await client.deleteMachine('web:01@x')).toEqual({ id: 'web:01@x', samples: 500 });
    expect(await client.machines()).toEqual({ machines: [] });
  });

  it('upload', async () => {
    const packed = gzipSync(`${lines(1000).join('\n')}\n`);
    const reply = { machines: ['web01'], samples: 1000, stored: 1000, duplicates: 0, problems: [] };
    expect(await client.upload(Readable.from([packed.subarray(0, 100), packed.subarray(100)]), 'web01')).toEqual(reply);
    expect(await exported('web01')).toHaveLength(1000);
  });

  it('createKey, keys, rotateKey, revokeKey', async () => {
    const made = await client.createKey({ name: 'n', scopes: ['read'], tenant: 'acme', expires: NOW + 60 });
    expect((await client.keys()).keys.map(({ id }) => id)).toContain(made.id);
    const rotated = await client.rotateKey(made.id);
    const theirs = new Client({ server: url, apiKey: rotated.key });
    expect(await theirs.status()).toMatchObject({ tenant: 'acme' });
    expect(await client.revokeKey(made.id)).toEqual({ id: made.id });
    expect(await failureOf(theirs.status())).toMatchObject({ code: 'BAD_KEY', status: 401 });
    await theirs.close();
  });
});

describe('every refusal arrives with its code', () => {
  it('about keys', async () => {
    const ingest = new Client({ server: url, apiKey: await server.keyWith(['ingest']) });
    expect(await failureOf(ingest.machines())).toMatchObject({ code: 'MISSING_SCOPE', status: 403 });
    const none = new Client({ server: url });
    expect(await failureOf(none.machines())).toMatchObject({ code: 'NO_KEY', status: 401 });
    const wrong = new Client({ server: url, apiKey: 'wrong-key' });
    expect(await failureOf(wrong.machines())).toMatchObject({ code: 'BAD_KEY', status: 401 });
    await Promise.all([ingest.close(), none.close(), wrong.close()]);
  });

  it('about machines and keys that are not there', async () => {
    expect(await failureOf(client.machine('none'))).toMatchObject({ code: 'NO_MACHINE', status: 404 });
    expect(await failureOf(client.collection('none', {}))).toMatchObject({ code: 'NO_MACHINE', status: 404 });
    expect(await failureOf(client.deleteMachine('none'))).toMatchObject({ code: 'NO_MACHINE', status: 404 });
    expect(await failureOf(client.revokeKey('0123456789ab'))).toMatchObject({ code: 'NO_KEY_ID', status: 404 });
  });

  it('about samples', async () => {
    const old = JSON.stringify({ timestamp: 5, fields: {} });
    expect(await failureOf(client.trickle('web01', [old]))).toMatchObject({ code: 'BAD_TIMESTAMP', status: 400 });
    expect(await failureOf(client.trickle('a b', lines(1)))).toMatchObject({ code: 'BAD_REQUEST', status: 400 });
    const large = JSON.stringify({ timestamp: TIME, fields: { a: 'x'.repeat(17 * 1024 * 1024) } });
    expect(await failureOf(client.trickle('web01', [large]))).toMatchObject({ code: 'TOO_LARGE', status: 413 });
    const noise = client.upload(Readable.from([Buffer.from('noise\n')]), 'web01');
    expect(await failureOf(noise)).toMatchObject({ code: 'BAD_COLLECTION', status: 400 });
  });

  it('an upload that is refused before it is sent does not look like a broken connection', async () => {
    const wrong = new Client({ server: url, apiKey: 'wrong-key' });
    const pieces = Array.from({ length: 300 }, () => Buffer.alloc(64 * 1024, 'x'));
    expect(await failureOf(wrong.upload(Readable.from(pieces), 'web01'))).toMatchObject({
      code: 'BAD_KEY',
      status: 401,
    });
    await wrong.close();
  });

  it('a pcd that has stopped is UNREACHABLE', async () => {
    await client.version();
    await server.app.close();
    expect(await failureOf(client.version())).toMatchObject({ code: 'UNREACHABLE', status: 0 });
  });
});
