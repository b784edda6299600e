import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '@perfcollector/storage';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { homeAt, prepareHome, readAdminKey } from './home.ts';
import { makeTempDir, startServer, type TestServer } from './test-server.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = makeTempDir();
  path = join(directory, 'new', 'home');
  return () => rmSync(directory, { recursive: true });
});

function modeOf(file: string): string {
  return (statSync(file).mode & 0o777).toString(8);
}

function idsOf({ keys }: TestServer): string[] {
  return keys.list().map(({ id }) => id);
}

describe('the home directory', () => {
  const umask = process.umask();
  afterEach(() => void process.umask(umask));

  for (const mask of [0o022, 0o000, 0o277]) {
    it(`is made for its owner alone under umask ${mask.toString(8)}`, () => {
      mkdirSync(join(directory, 'new'));
      process.umask(mask);
      expect(prepareHome(homeAt(path))).toEqual({ isOpenToOthers: false });
      expect(modeOf(path)).toBe('700');
    });
  }

  it('that is there already stays as it is, and it is told whether others may look into it', () => {
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o750);
    expect(prepareHome(homeAt(path))).toEqual({ isOpenToOthers: true });
    expect(modeOf(path)).toBe('750');
    chmodSync(path, 0o700);
    expect(prepareHome(homeAt(path))).toEqual({ isOpenToOthers: false });
  });

  it('that is a file is refused in a sentence', () => {
    writeFileSync(join(directory, 'new'), '');
    expect(() => prepareHome(homeAt(path))).toThrow(/cannot make the home directory .*new\/home: a part of the path/);
  });

  it("is ~/.pcd, its user's own, where none is given", () => {
    expect(homeAt(undefined).path).toMatch(/^\/.*\/\.pcd$/);
    expect(homeAt('x').path).toBe(join(process.cwd(), 'x'));
  });
});

describe("the first administrator's key", () => {
  it('is left in admin.key for the owner alone', async () => {
    process.umask(0o022);
    await using server = await startServer(path);
    expect(modeOf(server.home.adminKey)).toBe('600');
    expect(readFileSync(server.home.adminKey, 'utf8')).toBe(`${server.admin}\n`);
    expect(readdirSync(path).filter((name) => name.includes('new'))).toEqual([]);
    expect((await server.as(server.admin, { url: '/v1/keys' })).statusCode).toBe(200);
  });

  it('stays the same at every later start', async () => {
    const first = await startServer(path);
    await first[Symbol.asyncDispose]();
    await using second = await startServer(path);
    expect(second.admin).toBe(first.admin);
    expect(second.keys.list()).toHaveLength(1);
    expect((await second.as(first.admin, { url: '/v1/keys' })).statusCode).toBe(200);
  });

  it('is not made again when its file is gone and an administrator is there', async () => {
    const first = await startServer(path);
    await first[Symbol.asyncDispose]();
    rmSync(first.home.adminKey);
    await using second = await startServer(path);
    expect(existsSync(second.home.adminKey)).toBe(false);
    expect(idsOf(second)).toEqual(idsOf(first));
    expect((await second.as(first.admin, { url: '/v1/keys' })).statusCode).toBe(200);
  });

  it('that stands in a file beside an administrator who is known gets no rights', async () => {
    const first = await startServer(path);
    await first[Symbol.asyncDispose]();
    const forged = `pck_ffffffffffff_${'A'.repeat(43)}`;
    writeFileSync(first.home.adminKey, `${forged}\n`);
    await using second = await startServer(path);
    expect(idsOf(second)).toEqual(idsOf(first));
    expect((await second.as(forged, { url: '/v1/machines' })).statusCode).toBe(401);
  });

  it('written before a start that broke off is taken up by the next one', async () => {
    const home = homeAt(path);
    prepareHome(home);
    const written = `pck_0123456789ab_${'x'.repeat(43)}`;
    writeFileSync(home.adminKey, `${written}\n`);
    await using server = await startServer(path);
    expect(server.admin).toBe(written);
    expect((await server.as(written, { url: '/v1/keys' })).statusCode).toBe(200);
  });

  it('cut off in its file is replaced by a whole one', async () => {
    const home = homeAt(path);
    prepareHome(home);
    writeFileSync(home.adminKey, 'pck_0123');
    await using server = await startServer(path);
    expect(readAdminKey(home)).toMatch(/^pck_[0-9a-f]{12}_[\w-]{43}$/);
    expect((await server.as(server.admin, { url: '/v1/keys' })).statusCode).toBe(200);
  });

  it('keys that were made, rotated or revoked are so after a new start', async () => {
    const first = await startServer(path);
    const [made, rotated, revoked] = [
      await first.keyWith(['read']),
      await first.keyWith(['read']),
      await first.keyWith(['read']),
    ];
    const stored = (key: string) => first.keys.list().filter(({ id }) => key.includes(id));
    const fresh = await Promise.all(stored(rotated).map((key) => first.keys.rotate(key.id)));
    await Promise.all(stored(revoked).map(({ id }) => first.keys.revoke(id)));
    await first[Symbol.asyncDispose]();
    await using second = await startServer(path);
    const statuses = [made, fresh[0]?.key ?? '', rotated, revoked].map(async (key) => {
      return (await second.as(key, { url: '/v1/machines' })).statusCode;
    });
    expect(await Promise.all(statuses)).toEqual([200, 200, 401, 401]);
  });
});

describe("the administrator's key file", () => {
  it('that is empty is filled with a new key, and the old one goes on', async () => {
    const home = join(makeTempDir(), 'home');
    const first = await startServer(home);
    const { admin, home: files } = first;
    await first[Symbol.asyncDispose]();
    writeFileSync(files.adminKey, '');
    await using second = await startServer(home);
    expect(second.admin).not.toBe('');
    for (const key of [admin, second.admin]) expect((await second.as(key, { url: '/v1/keys' })).statusCode).toBe(200);
    expect(second.reports.join()).toContain('was empty; it holds a new administrator');
  });

  it('that cannot be written keeps a rotation from ending the old key', async () => {
    await using server = await startServer();
    const [first] = server.keys.list();
    rmSync(server.home.adminKey);
    writeFileSync(server.home.adminKey, `${server.admin}\n`);
    const rotate = () => server.as(server.admin, { method: 'POST', url: `/v1/keys/${first?.id}/rotate` });
    vi.spyOn(server.store, 'putKey').mockRejectedValueOnce(new StoreError('FULL', 'database or disk is full'));
    expect((await rotate()).statusCode).toBe(507);
    expect((await server.as(server.admin, { url: '/v1/keys' })).statusCode).toBe(200);
    expect(readAdminKey(server.home)).toBe(server.admin);
    expect(readdirSync(server.home.path).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
