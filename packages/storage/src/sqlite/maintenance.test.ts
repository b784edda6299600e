import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Verified } from '../store.ts';
import { batch, DB, event, exported, header, key, START, sample, samplesFrom, WEB } from '../test-contract/fixtures.ts';
import { openSqliteStore } from './sqlite-store.ts';

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'maintenance-'));
  path = join(directory, 'store.sqlite');
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Changes what a closed store holds, behind its back. */
function change<T>(work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(path);
  try {
    return work(db);
  } finally {
    db.close();
  }
}

describe('a backup', () => {
  it('made while samples arrive is a store of its own, whole, with all that was acknowledged before', async () => {
    const store = await openSqliteStore(path);
    const before = samplesFrom(START, 3000, 'r').map((one, at) => ({ ...one, seq: at + 1 }));
    await store.append(batch(WEB, { headers: [header('r')], samples: before, events: [event(START, 'mark')] }));
    await store.maintenance.seal();
    await store.putKey(key('aa'));
    const file = join(directory, 'copy.sqlite');
    const backup = store.maintenance.backup(file);
    let isDone = false;
    const done = backup.finally(() => {
      isDone = true;
    });
    for (let at = 0; !isDone; at += 1)
      await Promise.all(
        [0, 1, 2].map((part) => store.append(batch(WEB, { samples: [sample(START + 10_000 + at * 3 + part)] }))),
      );
    const { bytes } = await done;
    expect(bytes).toBe(statSync(file).size);
    const [lines, keys] = [await exported(store, WEB), await store.keys()];
    await store.close();
    const copy = await openSqliteStore(file);
    const copied = await exported(copy, WEB);
    expect(copied.length).toBeGreaterThanOrEqual(3002);
    expect(copied).toEqual(lines.slice(0, copied.length));
    expect(await copy.keys()).toEqual(keys);
    expect(await copy.maintenance.verify()).toMatchObject({ machines: 1, problems: [] });
    await copy.close();
  });

  it('that cannot be written is an error, and the store goes on', async () => {
    const store = await openSqliteStore(path);
    await expect(store.maintenance.backup(join(directory, 'none', 'copy.sqlite'))).rejects.toMatchObject({
      name: 'StoreError',
    });
    expect(await store.append(batch(WEB, { samples: [sample(START)] }))).toEqual({ stored: 1, duplicates: 0 });
    await store.close();
  });
});

async function verified(): Promise<Verified> {
  const store = await openSqliteStore(path);
  try {
    return await store.maintenance.verify();
  } finally {
    await store.close();
  }
}

function flipIn(table: 'chunk' | 'rollup', machine: number): void {
  change((db) => {
    const [row] = db.prepare(`SELECT id, data FROM ${table} WHERE machine = ?`).all(machine) as Record<
      string,
      SQLOutputValue
    >[];
    const data = Uint8Array.from(row?.data as Uint8Array);
    const middle = Math.floor(data.length / 2);
    data[middle] = (data[middle] as number) ^ 0x20;
    db.prepare(`UPDATE ${table} SET data = ? WHERE id = ?`).run(data, row?.id ?? 0);
  });
}

describe('verify', () => {
  let whole: string;

  /** A store with two machines: an hour that is sealed and one sample that waits. */
  beforeAll(async () => {
    whole = mkdtempSync(join(tmpdir(), 'maintenance-'));
    const store = await openSqliteStore(join(whole, 'store.sqlite'));
    for (const ref of [WEB, DB]) await store.append(batch(ref, { samples: samplesFrom(START, 100, 'r') }));
    await store.maintenance.seal();
    await store.append(batch(WEB, { samples: [sample(START + 50_000)] }));
    await store.close();
  });
  afterAll(() => rmSync(whole, { recursive: true }));
  beforeEach(() => copyFileSync(join(whole, 'store.sqlite'), path));

  it('counts what is there and finds nothing wrong with it', async () => {
    expect(await verified()).toEqual({ machines: 2, samples: 201, chunks: 2, problems: [] });
  });

  it('names a chunk in which a bit fell over, and counts the rest; its machine says so, others do not mind', async () => {
    flipIn('chunk', 2);
    const { problems, samples } = await verified();
    expect(problems[0]).toMatch(/^db01: the chunk 2026-01-09T18:10:48.000Z to 2026-01-09T18:12:27.000Z is damaged: /);
    expect(problems.at(-1)).toBe('db01: 0 samples can be read, and it is said to have 100');
    expect(samples).toBe(101);
    const store = await openSqliteStore(path);
    await expect(exported(store, DB)).rejects.toMatchObject({ name: 'StoreError', code: 'DAMAGED' });
    expect(await exported(store, WEB)).toHaveLength(101);
    await store.close();
  });

  it('names a roll-up in which a bit fell over', async () => {
    flipIn('rollup', 1);
    const { problems } = await verified();
    expect(problems).toEqual([expect.stringMatching(/^web01: the roll-up of 60 s from 2026-01-09T\S+ is damaged: /)]);
  });

  it.each([
    ['a chunk is', 'DELETE FROM chunk WHERE machine = 2', /db01: 0 samples can be read, and it is said to have 100/],
    ['a waiting sample is', 'DELETE FROM waiting', /web01: 100 samples can be read, and it is said to have 101/],
    ['the names of fields are', 'DELETE FROM shape', /web01: the index of its samples is damaged: .* names/],
  ])('notices where %s missing', async (_, sql, problem) => {
    change((db) => db.exec(sql));
    expect((await verified()).problems).toEqual(expect.arrayContaining([expect.stringMatching(problem)]));
  });

  it('finds a waiting sample of which bytes are missing', async () => {
    change((db) => db.exec("UPDATE waiting SET fields = x'b103'"));
    expect((await verified()).problems[0]).toMatch(/^web01: the sample of 2026-\S+ is damaged: it ends too early/);
  });
});

it('vacuum gives the space of what was deleted back, and leaves the rest', async () => {
  const store = await openSqliteStore(path);
  const noise = () => Array.from({ length: 3000 }, () => Math.random().toString(36).slice(2)).join('');
  const samples = Array.from({ length: 100 }, (_, at) => sample(START + at, { noise: noise() }));
  await store.append(batch(DB, { samples }));
  await store.append(batch(WEB, { samples: samplesFrom(START, 100) }));
  await store.deleteMachine(DB);
  const { bytes_before, bytes_after } = await store.maintenance.vacuum();
  expect(bytes_after).toBeLessThan(bytes_before / 4);
  expect(statSync(path).size).toBe(bytes_after);
  expect(await exported(store, WEB)).toEqual(samplesFrom(START, 100));
  await store.close();
});

it('a store that another process has open is refused, and is free when that is killed', async () => {
  const program = fileURLToPath(new URL('./test-append-until-killed.ts', import.meta.url));
  const child = spawn(process.execPath, [program, path, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  await expect(openSqliteStore(path)).rejects.toMatchObject({ name: 'StoreError', code: 'BUSY' });
  child.kill('SIGKILL');
  await once(child, 'close');
  const store = await openSqliteStore(path);
  expect((await store.stats()).samples).toBeGreaterThan(0);
  await store.close();
});

it('what is asked after closing is refused, also by a store that was never read', async () => {
  const store = await openSqliteStore(path);
  await store.close();
  const closed = { name: 'StoreError', code: 'FAILED', message: 'the store is closed' };
  await expect(store.machines('acme')).rejects.toMatchObject(closed);
  await expect(exported(store, WEB)).rejects.toMatchObject(closed);
  await expect(store.maintenance.seal()).rejects.toMatchObject(closed);
});
