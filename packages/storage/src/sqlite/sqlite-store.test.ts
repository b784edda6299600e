import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../store.ts';
import { batch, exported, START, sample, samplesFrom, timestamps, WEB } from '../test-contract/fixtures.ts';
import { storeContract } from '../test-contract/store-contract.ts';
import { openSqliteStore } from './sqlite-store.ts';

storeContract('the embedded store', (directory) => openSqliteStore(join(directory, 'store.sqlite')), {
  knowsWhatItHolds: true,
});

describe('opening the embedded store', () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sqlite-store-'));
    path = join(directory, 'store.sqlite');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('a file that is open already is refused, and the first to open it goes on', async () => {
    const first = await openSqliteStore(path);
    await expect(openSqliteStore(path)).rejects.toMatchObject({ name: 'StoreError', code: 'BUSY' });
    expect(await first.append(batch(WEB, { samples: [sample(START)] }))).toEqual({ stored: 1, duplicates: 0 });
    await first.close();
    const next = await openSqliteStore(path);
    expect(await timestamps(next, WEB)).toEqual([START]);
    await next.close();
  });

  it('what is asked while it closes is done or refused, and breaks nothing', async () => {
    const store = await openSqliteStore(path);
    // So what is asked next all lies before it when it comes to closing.
    const asked: Promise<unknown>[] = [store.append(batch(WEB, { samples: samplesFrom(START - 20_000, 20_000) }))];
    const closed = store.close();
    for (const one of samplesFrom(START, 200)) {
      asked.push(store.append(batch(WEB, { samples: [one] })).catch((error) => error));
      await new Promise(setImmediate);
    }
    const results = await Promise.all(asked);
    await closed;
    const refused = results.filter((result) => result instanceof StoreError && result.code === 'FAILED');
    expect(refused.length).toBeGreaterThan(0);
    const again = await openSqliteStore(path);
    expect((await again.totals(WEB.tenant)).samples).toBe(20_000 + results.length - 1 - refused.length);
    await again.close();
  });

  const noise = Buffer.from(Array.from({ length: 20_000 }, (_, at) => (at * 7919) % 251));
  const files = [
    ['noise', noise],
    ['a text', Buffer.from('{"collection":1}\n'.repeat(100))],
    ['zeros', Buffer.alloc(8192)],
  ] as const;
  for (const [name, content] of files) {
    it(`a file that holds ${name} is called damaged and is left as it is`, async () => {
      writeFileSync(path, content);
      await expect(openSqliteStore(path)).rejects.toMatchObject({ name: 'StoreError', code: 'DAMAGED' });
      expect(readFileSync(path).equals(content)).toBe(true);
    });
  }

  it('a store whose middle was overwritten says that it is damaged and invents nothing', async () => {
    const samples = samplesFrom(START, 2000);
    const whole = await openSqliteStore(path);
    await whole.append(batch(WEB, { samples }));
    await whole.close();
    const bytes = readFileSync(path);
    noise.copy(bytes, 40 * 1024);
    writeFileSync(path, bytes);
    const reading = openSqliteStore(path).then((store) => exported(store, WEB).finally(() => store.close()));
    await expect(reading).rejects.toMatchObject({ name: 'StoreError', code: 'DAMAGED' });
  });

  it('a store of a newer version is refused and is left as it is', async () => {
    const db = new DatabaseSync(path);
    db.exec('CREATE TABLE later (a); PRAGMA application_id = 0x70636431; PRAGMA user_version = 9;');
    db.close();
    await expect(openSqliteStore(path)).rejects.toThrow(/version 9.*run the pcd that wrote it/);
    const after = new DatabaseSync(path, { timeout: 10_000 }); // the refused opening may hold it a moment longer
    expect(after.prepare('SELECT name FROM sqlite_master').all()).toEqual([{ name: 'later' }]);
    after.close();
  });

  it('the database of another program is refused and is left as it is', async () => {
    const db = new DatabaseSync(path);
    db.exec('CREATE TABLE theirs (a)');
    db.close();
    const before = readFileSync(path);
    await expect(openSqliteStore(path)).rejects.toMatchObject({
      code: 'DAMAGED',
      message: 'it is the database of another program',
    });
    expect(readFileSync(path)).toEqual(before);
  });

  it('a directory, and a file in no directory, cannot be opened', async () => {
    mkdirSync(path);
    await expect(openSqliteStore(path)).rejects.toMatchObject({ name: 'StoreError', code: 'NO_ACCESS' });
    const nowhere = join(directory, 'none', 'store.sqlite');
    await expect(openSqliteStore(nowhere)).rejects.toMatchObject({ name: 'StoreError', code: 'NO_ACCESS' });
  });
});

/** How many commits a write-ahead log holds: a frame that ends one tells the database's size; https://www.sqlite.org/fileformat2.html#walformat. */
function commitsIn(log: Buffer): number {
  if (log.length === 0) return 0;
  const frame = 24 + log.readUInt32BE(8);
  const starts = Array.from({ length: Math.floor((log.length - 32) / frame) }, (_, at) => 32 + at * frame);
  return starts.filter((start) => log.readUInt32BE(start + 4) > 0).length;
}

it('appends that come together share commits', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'sqlite-store-'));
  const path = join(directory, 'store.sqlite');
  const store = await openSqliteStore(path);
  const before = commitsIn(readFileSync(`${path}-wal`));
  const appends = Array.from({ length: 200 }, (_, at) => store.append(batch(WEB, { samples: [sample(START + at)] })));
  expect(await Promise.all(appends)).toEqual(appends.map(() => ({ stored: 1, duplicates: 0 })));
  const commits = commitsIn(readFileSync(`${path}-wal`)) - before;
  await store.close();
  rmSync(directory, { recursive: true });
  expect(commits).toBeGreaterThan(0);
  expect(commits).toBeLessThan(100);
});
