import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contract } from '@perfcollector/api';
import { openSqliteStore, StoreError } from '@perfcollector/storage';
import { describe, expect, it, vi } from 'vitest';
import { NOW, refusalOf, startServer, type TestServer } from '../test-server.ts';

const TIME = NOW - 100;

/** A server that holds two samples of one machine. */
async function startWithSamples(): Promise<TestServer> {
  const server = await startServer();
  const measurements = [TIME, TIME + 1].map((timestamp) => ({ timestamp, fields: { a: 1 } }));
  await server.as(server.admin, post('/v1/trickle', { identifier: 'web01', measurements }));
  return server;
}

/** How many samples a backup holds. */
async function samplesIn(path: string): Promise<number> {
  const store = await openSqliteStore(path);
  const { samples } = await store.stats();
  await store.close();
  return samples;
}

const post = (url: string, payload?: object) => ({ method: 'POST', url, ...(payload && { payload }) }) as const;

describe('a backup on the server', () => {
  it('is named after the time, in a folder that is closed to others', async () => {
    await using server = await startWithSamples();
    const answer = await server.as(server.admin, post('/v1/backup'));
    const { path, bytes } = contract.backupReply.parse(answer.json());
    expect(path).toBe(join(server.home.path, 'backups', 'pcd-20260111-025320.sqlite'));
    expect(statSync(path).size).toBe(bytes);
    expect(await samplesIn(path)).toBe(2);
    expect(statSync(server.home.backups).mode & 0o777).toBe(0o700);
  });

  it('has the name that was asked for, and replaces none', async () => {
    await using server = await startWithSamples();
    const ask = post('/v1/backup', { name: 'before-upgrade' });
    expect((await server.as(server.admin, ask)).statusCode).toBe(200);
    expect(refusalOf(await server.as(server.admin, ask))).toMatchObject({ status: 409, code: 'BACKUP_EXISTS' });
    expect(readdirSync(server.home.backups)).toEqual(['before-upgrade.sqlite']);
  });

  it('is refused a name that could leave the folder, or hide', async () => {
    await using server = await startServer();
    for (const name of ['../pcd', '..', '.hidden', 'a/b', 'a\\b', '', 'a\0b', 'x'.repeat(101), '/tmp/x', 7]) {
      const { status } = refusalOf(await server.as(server.admin, post('/v1/backup', { name })));
      expect([name, status]).toEqual([name, 400]);
    }
    expect(existsSync(server.home.backups)).toBe(false);
  });
});

describe('a backup that is downloaded', () => {
  it('comes whole and leaves nothing on the server', async () => {
    await using server = await startWithSamples();
    const answer = await server.as(server.admin, { url: '/v1/backup' });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/vnd.sqlite3',
      'content-length': String(answer.rawPayload.length),
      'content-disposition': 'attachment; filename="pcd-20260111-025320.sqlite"',
    });
    expect(readdirSync(server.home.backups)).toEqual([]);
    const saved = join(server.home.path, 'saved.sqlite');
    writeFileSync(saved, answer.rawPayload);
    expect(await samplesIn(saved)).toBe(2);
  });

  it('leaves nothing when it fails, and what a crash left is no hindrance', async () => {
    await using server = await startWithSamples();
    vi.spyOn(server.store.maintenance, 'backup').mockImplementationOnce(async (path) => {
      writeFileSync(path, 'torn');
      throw new StoreError('FULL', 'disk is full');
    });
    const refusal = refusalOf(await server.as(server.admin, { url: '/v1/backup' }));
    expect(refusal).toMatchObject({ status: 507, code: 'DISK_FULL' });
    expect(readdirSync(server.home.backups)).toEqual([]);
    writeFileSync(join(server.home.backups, '.download.sqlite'), 'torn');
    expect((await server.as(server.admin, { url: '/v1/backup' })).body).toContain('SQLite format 3');
  });
});

describe('a backup that fails', () => {
  it('leaves no torn file under its name', async () => {
    await using server = await startWithSamples();
    vi.spyOn(server.store.maintenance, 'backup').mockImplementationOnce(async (path) => {
      writeFileSync(path, 'torn');
      throw new StoreError('FULL', 'disk is full');
    });
    const refusal = refusalOf(await server.as(server.admin, post('/v1/backup', { name: 'daily' })));
    expect(refusal).toMatchObject({ status: 507, code: 'DISK_FULL' });
    expect(readdirSync(server.home.backups)).toEqual([]);
  });
});

describe('prune, verify and vacuum', () => {
  it('prune deletes what is older than it shall be kept', async () => {
    await using server = await startWithSamples();
    expect((await server.as(server.admin, post('/v1/prune', { raw: 100 * 365 * 86_400 }))).json()).toMatchObject({
      samples: 0,
    });
    const prune = vi.spyOn(server.store.maintenance, 'prune');
    const retention = { raw: 1, rollups: { '1m': 604_800 } };
    expect((await server.as(server.admin, post('/v1/prune', retention))).json()).toMatchObject({ samples: 2 });
    expect(prune.mock.calls).toEqual([[retention]]);
  });

  it('prune refuses what would delete what nobody meant, or nothing', async () => {
    await using server = await startWithSamples();
    const rollups = [{ rollups: {} }, { rollups: { '1d': 5 } }];
    for (const bad of [{}, { raw: 0 }, { raw: -1 }, { raw: '30d' }, { days: 5 }, ...rollups]) {
      const { status } = refusalOf(await server.as(server.admin, post('/v1/prune', bad)));
      expect([bad, status]).toEqual([bad, 400]);
    }
    expect((await server.store.stats()).samples).toBe(2);
  });

  it('verify, seal and vacuum tell what they found, and are written down', async () => {
    await using server = await startWithSamples();
    const verified = await server.as(server.admin, post('/v1/verify'));
    expect(verified.json()).toMatchObject({ machines: 1, samples: 2, problems: [] });
    expect((await server.as(server.admin, post('/v1/seal'))).json()).toEqual({ samples: 2 });
    const vacuumed = contract.vacuumReply.parse((await server.as(server.admin, post('/v1/vacuum'))).json());
    expect(vacuumed.bytes_after).toBeLessThanOrEqual(vacuumed.bytes_before);
    const written = await server.store.audit({ limit: 3 });
    expect(written.map(({ action }) => action)).toEqual(['store.vacuum', 'store.seal', 'store.verify']);
  });
});

describe('work on the whole store', () => {
  const requests = [
    post('/v1/backup'),
    { method: 'GET', url: '/v1/backup' } as const,
    post('/v1/prune', { raw: 1 }),
    post('/v1/verify'),
    post('/v1/seal'),
    post('/v1/vacuum'),
  ];

  it("is for the server's own administrators", async () => {
    await using server = await startWithSamples();
    const [others, reader] = [await server.keyWith(['admin'], 'acme'), await server.keyWith(['ingest', 'read'])];
    for (const request of requests) {
      const refusal = refusalOf(await server.as(others, request));
      expect(refusal).toMatchObject({ status: 403, code: 'OTHER_TENANT' });
      expect(refusalOf(await server.as(reader, request))).toMatchObject({ status: 403, code: 'MISSING_SCOPE' });
    }
    expect(existsSync(server.home.backups)).toBe(false);
  });

  it('is refused where another program keeps the samples', async () => {
    await using server = await startServer();
    Object.assign(server.store, { kind: 'elsewhere', maintenance: undefined });
    for (const request of requests) {
      const refusal = refusalOf(await server.as(server.admin, request));
      expect(refusal).toMatchObject({ status: 501, code: 'NOT_OUR_STORE' });
      expect(refusal.error).toContain('elsewhere');
    }
  });

  it('is done one at a time, and again after a failure', async () => {
    const held = Promise.withResolvers<never>();
    await using server = await startServer();
    const verify = vi.spyOn(server.store.maintenance, 'verify').mockReturnValueOnce(held.promise);
    const first = server.as(server.admin, post('/v1/verify'));
    await vi.waitFor(() => expect(verify).toHaveBeenCalled());
    for (const request of requests) {
      const refusal = refusalOf(await server.as(server.admin, request));
      expect(refusal).toMatchObject({ status: 409, code: 'STORE_IN_WORK' });
      expect(refusal.error).toContain('verify is under way');
    }
    held.reject(new StoreError('FAILED', 'broke at /secret/path'));
    const failed = refusalOf(await first);
    expect(failed).toMatchObject({ status: 500, code: 'STORE_FAILED' });
    expect(failed.error).not.toContain('secret');
    expect((await server.as(server.admin, post('/v1/vacuum'))).statusCode).toBe(200);
  });
});
