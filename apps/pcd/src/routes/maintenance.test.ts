import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contract } from '@perfcollector/api';
import { type Maintenance, StoreError } from '@perfcollector/storage';
import { describe, expect, it, vi } from 'vitest';
import { refusalOf, startServer, type TestServer } from '../test-server.ts';

const COPY = 'SQLite format 3\0 and so on';

/** A server whose store can be worked on; the work itself is the store's, and tested there. */
async function startWith(work: Partial<Maintenance> = {}): Promise<TestServer> {
  const server = await startServer();
  const maintenance: Maintenance = {
    prune: async () => ({ samples: 0, rollups: 0, bytes_before: 1, bytes_after: 1 }),
    backup: async (path) => {
      writeFileSync(path, COPY, { flag: 'wx' });
      return { bytes: COPY.length };
    },
    verify: async () => ({ machines: 1, samples: 2, chunks: 3, problems: [] }),
    vacuum: async () => ({ bytes_before: 2, bytes_after: 1 }),
    seal: async () => ({ samples: 0 }),
    ...work,
  };
  return Object.assign(server, { store: Object.assign(server.store, { maintenance }) });
}

const post = (url: string, payload?: object) => ({ method: 'POST', url, ...(payload && { payload }) }) as const;

describe('a backup on the server', () => {
  it('is named after the time, in a folder that is closed to others', async () => {
    await using server = await startWith();
    const answer = await server.as(server.admin, post('/v1/backup'));
    const { path, bytes } = contract.backupReply.parse(answer.json());
    expect(path).toBe(join(server.home.path, 'backups', 'pcd-20260111-025320.sqlite'));
    expect(statSync(path).size).toBe(bytes);
    expect(statSync(server.home.backups).mode & 0o777).toBe(0o700);
  });

  it('has the name that was asked for, and replaces none', async () => {
    await using server = await startWith();
    const ask = post('/v1/backup', { name: 'before-upgrade' });
    expect((await server.as(server.admin, ask)).statusCode).toBe(200);
    expect(refusalOf(await server.as(server.admin, ask))).toMatchObject({ status: 409, code: 'BACKUP_EXISTS' });
    expect(readdirSync(server.home.backups)).toEqual(['before-upgrade.sqlite']);
  });

  for (const name of ['../pcd', '..', '.hidden', 'a/b', 'a\\b', '', 'a\0b', 'x'.repeat(101), '/tmp/x', 7]) {
    it(`named ${JSON.stringify(name).slice(0, 20)} is refused: it could leave the folder, or hide`, async () => {
      await using server = await startWith();
      expect(refusalOf(await server.as(server.admin, post('/v1/backup', { name }))).status).toBe(400);
      expect(existsSync(server.home.backups)).toBe(false);
    });
  }
});

describe('a backup that is downloaded', () => {
  it('comes whole and leaves nothing on the server', async () => {
    await using server = await startWith();
    const answer = await server.as(server.admin, { url: '/v1/backup' });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/vnd.sqlite3',
      'content-length': String(COPY.length),
      'content-disposition': 'attachment; filename="pcd-20260111-025320.sqlite"',
    });
    expect(answer.body).toBe(COPY);
    expect(readdirSync(server.home.backups)).toEqual([]);
  });

  it('leaves nothing when it fails, and what a crash left is no hindrance', async () => {
    const full = vi.fn<Maintenance['backup']>(async (path) => {
      writeFileSync(path, COPY, { flag: 'wx' });
      if (full.mock.calls.length === 1) throw new StoreError('FULL', 'disk is full');
      return { bytes: COPY.length };
    });
    await using server = await startWith({ backup: full });
    const refusal = refusalOf(await server.as(server.admin, { url: '/v1/backup' }));
    expect(refusal).toMatchObject({ status: 507, code: 'DISK_FULL' });
    expect(readdirSync(server.home.backups)).toEqual([]);
    writeFileSync(join(server.home.backups, '.download.sqlite'), 'torn');
    expect((await server.as(server.admin, { url: '/v1/backup' })).body).toBe(COPY);
  });
});

describe('prune, verify and vacuum', () => {
  it('prune hands over what shall be kept', async () => {
    const prune = vi.fn<Maintenance['prune']>(async () => ({
      samples: 5,
      rollups: 1,
      bytes_before: 9,
      bytes_after: 3,
    }));
    await using server = await startWith({ prune });
    const retention = { raw: 86_400, rollups: { '1m': 604_800 }, bytes: 1_000_000 };
    const answer = await server.as(server.admin, post('/v1/prune', retention));
    expect(answer.json()).toEqual({ samples: 5, rollups: 1, bytes_before: 9, bytes_after: 3 });
    expect(prune.mock.calls).toEqual([[retention]]);
  });

  for (const bad of [
    {},
    { rollups: {} },
    { raw: 0 },
    { raw: -1 },
    { raw: '30d' },
    { days: 5 },
    { rollups: { '1d': 5 } },
  ]) {
    it(`prune refuses ${JSON.stringify(bad)}: it would delete what nobody meant, or nothing`, async () => {
      const prune = vi.fn<Maintenance['prune']>();
      await using server = await startWith({ prune });
      expect(refusalOf(await server.as(server.admin, post('/v1/prune', bad))).status).toBe(400);
      expect(prune).not.toHaveBeenCalled();
    });
  }

  it('verify and vacuum tell what they found', async () => {
    await using server = await startWith();
    const verified = await server.as(server.admin, post('/v1/verify'));
    expect(verified.json()).toEqual({ machines: 1, samples: 2, chunks: 3, problems: [] });
    const vacuumed = await server.as(server.admin, post('/v1/vacuum'));
    expect(vacuumed.json()).toEqual({ bytes_before: 2, bytes_after: 1 });
  });
});

describe('work on the whole store', () => {
  const requests = [
    post('/v1/backup'),
    { method: 'GET', url: '/v1/backup' } as const,
    post('/v1/prune', { raw: 1 }),
    post('/v1/verify'),
    post('/v1/vacuum'),
  ];

  it("is for the server's own administrators", async () => {
    await using server = await startWith();
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
    const verify = vi.fn<Maintenance['verify']>(() => held.promise);
    await using server = await startWith({ verify });
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
