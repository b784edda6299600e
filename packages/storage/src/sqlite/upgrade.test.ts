import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Sample } from '@perfcollector/collection';
import { canMount, smallDisk } from '@perfcollector/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  batch,
  event,
  exported,
  header,
  key,
  OTHERS,
  START,
  sample,
  samplesFrom,
  WEB,
} from '../test-contract/fixtures.ts';
import { type EmbeddedStore, openSqliteStore } from './sqlite-store.ts';

/** The tables as version 1 made them; they stay as they are, whatever comes later. */
const VERSION_1 = `
CREATE TABLE machine (
  id      INTEGER PRIMARY KEY,
  tenant  TEXT NOT NULL,
  name    TEXT NOT NULL,
  samples INTEGER NOT NULL DEFAULT 0,
  UNIQUE (tenant, name)
) STRICT;
CREATE TABLE run (
  machine INTEGER NOT NULL REFERENCES machine (id) ON DELETE CASCADE,
  run     TEXT NOT NULL,
  started REAL NOT NULL,
  header  TEXT NOT NULL,
  PRIMARY KEY (machine, run)
) STRICT, WITHOUT ROWID;
CREATE TABLE sample (
  machine INTEGER NOT NULL REFERENCES machine (id) ON DELETE CASCADE,
  ms      INTEGER NOT NULL,
  run     TEXT,
  line    TEXT NOT NULL,
  UNIQUE (machine, ms)
) STRICT;
CREATE TABLE event (
  machine INTEGER NOT NULL REFERENCES machine (id) ON DELETE CASCADE,
  ms      INTEGER NOT NULL,
  run     TEXT,
  line    TEXT NOT NULL,
  UNIQUE (machine, ms, line)
) STRICT;
CREATE TABLE key (
  id      TEXT PRIMARY KEY,
  hash    BLOB NOT NULL,
  tenant  TEXT NOT NULL,
  name    TEXT NOT NULL,
  scopes  TEXT NOT NULL,
  created REAL NOT NULL,
  expires REAL
) STRICT;
PRAGMA application_id = 0x70636431; PRAGMA user_version = 1;
`;

/** What version 2 added to them. */
const VERSION_2 = `
ALTER TABLE machine ADD COLUMN unnumbered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE machine ADD COLUMN unnumbered_duplicates INTEGER DEFAULT 0;
CREATE TABLE run_seq (
  machine  INTEGER NOT NULL REFERENCES machine (id) ON DELETE CASCADE,
  run      TEXT NOT NULL,
  first    INTEGER NOT NULL,
  last     INTEGER NOT NULL,
  first_ms INTEGER NOT NULL,
  last_ms  INTEGER NOT NULL,
  PRIMARY KEY (machine, run, first)
) STRICT, WITHOUT ROWID;
CREATE TABLE run_duplicates (
  machine INTEGER NOT NULL REFERENCES machine (id) ON DELETE CASCADE,
  run     TEXT NOT NULL,
  count   INTEGER,
  PRIMARY KEY (machine, run)
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 2;
`;

function ticks(from: number, to: number): Sample[] {
  return samplesFrom(START + from, to - from + 1, 'r').map((one, at) => ({ ...one, seq: from + at }));
}

/** What the store of version 1 held: a run with holes that came out of order, foreign samples, another tenant's machine. */
const NUMBERED = [...ticks(900, 1300), ...ticks(3, 800), ...ticks(1310, 1310)];
const FOREIGN = [sample(START - 5), { ...sample(START - 4), seq: 4 }, sample(START - 3, {}, 'r')];
/** Deeper than the JSON that SQLite reads. */
const DEEP = { ...sample(START - 2), run: 'deep', seq: 1, more: JSON.parse('['.repeat(1500) + ']'.repeat(1500)) };
const WEB_SAMPLES = [...NUMBERED, ...FOREIGN, DEEP];
const MARK = event(START + 7, 'deploy');
const KEY = key('aa');

function makeVersion1(path: string): void {
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode = WAL; BEGIN; ${VERSION_1}`);
  const put = (table: string, ...values: (string | number | null | Uint8Array)[]) =>
    db.prepare(`INSERT INTO ${table} VALUES (${values.map(() => '?').join(', ')})`).run(...values);
  put('machine', 1, WEB.tenant, WEB.machine, WEB_SAMPLES.length);
  put('machine', 2, OTHERS.tenant, OTHERS.machine, 1);
  put('run', 1, 'r', START, JSON.stringify(header('r')));
  const putSample = (machine: number, one: Sample) =>
    put('sample', machine, one.timestamp * 1000, one.run ?? null, JSON.stringify(one));
  for (const one of WEB_SAMPLES) putSample(1, one);
  putSample(2, sample(START));
  put('event', 1, MARK.timestamp * 1000, null, JSON.stringify(MARK));
  put('key', KEY.id, KEY.hash, KEY.tenant, KEY.name, 'ingest', KEY.created, null);
  db.exec('COMMIT');
  db.close();
}

/** A run and a half, of which a tick stands beside its time; values and members of all kinds. */
const BESIDE = { ...sample(START + 9, { beside: 1 }, 'r'), seq: 999 };
const ODD: Sample = {
  ...sample(
    START + 5000.1234,
    JSON.parse('{"__proto__":1,"":"\\ud800","third":0.3333333333333333,"large":"18446744073709551615"}'),
  ),
  tags: { machine_id: WEB.machine, rack: '7' },
} as Sample;
const VERSION_2_SAMPLES = [...ticks(1, 40), BESIDE, ...ticks(60, 4000), ODD];

function makeVersion2(path: string): void {
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode = WAL; BEGIN; ${VERSION_1} ${VERSION_2}`);
  const put = (table: string, ...values: (string | number | null | Uint8Array)[]) =>
    db.prepare(`INSERT INTO ${table} VALUES (${values.map(() => '?').join(', ')})`).run(...values);
  put('machine', 1, WEB.tenant, WEB.machine, VERSION_2_SAMPLES.length, 1, 3);
  put('run', 1, 'r', START, JSON.stringify(header('r')));
  for (const one of VERSION_2_SAMPLES) {
    const ms = Math.round(one.timestamp * 1000) + (one === BESIDE ? 1 : 0);
    put('sample', 1, ms, one.run ?? null, JSON.stringify(one));
  }
  const range = (first: number, last: number) => [first, last, (START + first) * 1000, (START + last) * 1000];
  put('run_seq', 1, 'r', ...range(1, 40));
  put('run_seq', 1, 'r', ...range(60, 4000));
  put('run_duplicates', 1, 'r', 5);
  put('event', 1, MARK.timestamp * 1000, null, JSON.stringify(MARK));
  put('key', KEY.id, KEY.hash, KEY.tenant, KEY.name, 'ingest', KEY.created, null);
  db.exec('COMMIT');
  db.close();
}

/** Everything that a person can ask it for. */
async function contentOf(store: EmbeddedStore) {
  return {
    web: await exported(store, WEB),
    others: await exported(store, OTHERS),
    summaries: [await store.machine(WEB), await store.machine(OTHERS)],
    keys: await store.keys(),
  };
}

/** Without the lock, which is empty and stays. */
function filesIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => !name.endsWith('.lock'))
    .sort();
}

function versionOf(path: string): unknown {
  const db = new DatabaseSync(path, { timeout: 10_000 });
  try {
    return db.prepare('PRAGMA user_version').get()?.user_version;
  } finally {
    db.close();
  }
}

describe('opening a store of version 1', () => {
  let directory: string;
  let path: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'upgrade-'));
    path = join(directory, 'store.sqlite');
    makeVersion1(path);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('everything is there, and what is missing is known', async () => {
    const store = await openSqliteStore(path);
    const { web, others, summaries, keys } = await contentOf(store);
    expect(web.filter((line) => 'fields' in (line as object))).toEqual(
      WEB_SAMPLES.toSorted((a, b) => a.timestamp - b.timestamp),
    );
    expect(web).toEqual(expect.arrayContaining([header('r'), MARK]));
    expect(others).toEqual([sample(START)]);
    expect(summaries).toMatchObject([{ samples: WEB_SAMPLES.length, runs: 1 }, { samples: 1 }]);
    expect(keys).toEqual([KEY]);
    const found = await store.completeness(WEB, {});
    expect(found?.runs).toMatchObject([
      { run: 'deep', expected: 1, received: 1 },
      {
        run: 'r',
        expected: 1310,
        received: NUMBERED.length,
        last: { seq: 1310, timestamp: START + 1310 },
        missing: [
          { from: 1, to: 2 },
          { from: 801, to: 899 },
          { from: 1301, to: 1309 },
        ],
      },
    ]);
    expect(found?.unnumbered.samples).toBe(FOREIGN.length);
    await store.close();
    expect(versionOf(path)).toBe(3);
  });

  it('duplicates that nobody counted are not said to be 0; those of a new run are counted', async () => {
    const store = await openSqliteStore(path);
    const fresh = [{ ...sample(START + 5000, {}, 'new'), seq: 1 }];
    await store.append(batch(WEB, { samples: [...NUMBERED, ...fresh] }));
    await store.append(batch(WEB, { samples: fresh }));
    const found = await store.completeness(WEB, {});
    const counts = Object.fromEntries(found?.runs.map(({ run, duplicates }) => [run, duplicates]) ?? []);
    expect(counts).toEqual({ r: null, deep: null, new: 1 });
    expect([found?.total.duplicates, found?.unnumbered.duplicates]).toEqual([null, null]);
    await store.close();
  });

  it('goes on like any other: holes are filled, a machine goes with all that it had', async () => {
    const store = await openSqliteStore(path);
    await store.append(batch(WEB, { samples: [...ticks(1, 2), ...ticks(801, 899), ...ticks(1301, 1309)] }));
    expect((await store.completeness(WEB, {}))?.total).toMatchObject({ expected: 1311, missing_samples: 0 });
    await store.deleteMachine(WEB);
    await store.append(batch(WEB, { samples: ticks(1, 1) }));
    expect((await store.completeness(WEB, {}))?.runs).toMatchObject([{ run: 'r', received: 1, duplicates: 0 }]);
    await store.close();
    const again = await openSqliteStore(path);
    expect((await again.completeness(WEB, {}))?.total).toMatchObject({ expected: 1, duplicates: 0 });
    await again.close();
  });

  it('a copy as it was stays beside it, and can be opened again in its place', async () => {
    writeFileSync(`${path}.v1-backup.unfinished`, 'left by an attempt that was killed');
    const store = await openSqliteStore(path);
    const content = await contentOf(store);
    await store.append(batch(WEB, { samples: ticks(2000, 2010) }));
    await store.close();
    expect(filesIn(directory)).toEqual(['store.sqlite', 'store.sqlite.v1-backup']);
    expect(versionOf(`${path}.v1-backup`)).toBe(1);
    const restored = await openSqliteStore(`${path}.v1-backup`);
    expect(await contentOf(restored)).toEqual(content);
    await restored.close();
  });

  it('one of this version is opened without a copy', async () => {
    await (await openSqliteStore(path)).close();
    rmSync(`${path}.v1-backup`);
    await (await openSqliteStore(path)).close();
    expect(filesIn(directory)).toEqual(['store.sqlite']);
  });

  it('a line that cannot be read leaves it as it was', async () => {
    const db = new DatabaseSync(path);
    db.exec(`UPDATE sample SET line = '{"timestamp":' WHERE ms = ${(START + 5) * 1000}`);
    db.close();
    await expect(openSqliteStore(path)).rejects.toMatchObject({ name: 'StoreError', code: 'FAILED' });
    expect(versionOf(path)).toBe(1);
    const after = new DatabaseSync(path);
    expect(after.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'run_seq'").get()).toEqual({ n: 0 });
    after.close();
  });
});

it('a store of version 2 keeps its samples, counts, events and keys, as they are and when they are sealed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'upgrade-'));
  const path = join(directory, 'store.sqlite');
  makeVersion2(path);
  const store = await openSqliteStore(path);
  const expectAll = async () => {
    const { web, summaries, keys } = await contentOf(store);
    expect(web.filter((line) => 'fields' in (line as object))).toStrictEqual(
      VERSION_2_SAMPLES.toSorted((a, b) => a.timestamp - b.timestamp),
    );
    expect(web).toEqual(expect.arrayContaining([header('r'), MARK]));
    expect(summaries[0]).toMatchObject({
      samples: VERSION_2_SAMPLES.length,
      runs: 1,
      first: START + 1,
      interval: 10,
      seen: null,
    });
    expect(keys).toEqual([KEY]);
    expect(await store.completeness(WEB, {})).toMatchObject({
      runs: [{ run: 'r', received: 3981, missing: [{ from: 41, to: 59 }], duplicates: 5 }],
      unnumbered: { samples: 1, duplicates: 3 },
    });
    expect(await store.maintenance.verify()).toMatchObject({ samples: VERSION_2_SAMPLES.length, problems: [] });
  };
  await expectAll();
  await store.maintenance.seal();
  expect((await store.stats()).rows).toBe(0);
  await expectAll();
  expect(await store.append(batch(WEB, { samples: VERSION_2_SAMPLES }))).toMatchObject({ stored: 0 });
  const { bytes_before, bytes_after } = await store.maintenance.vacuum();
  expect(bytes_after).toBeLessThan(bytes_before);
  await store.close();
  expect(versionOf(`${path}.v2-backup`)).toBe(2);
  rmSync(directory, { recursive: true });
});

it.skipIf(!canMount)(
  'where the copy finds no room the store is left as it was, and says what to make room for',
  async () => {
    const disk = smallDisk('size=4m');
    const path = join(disk, 'store.sqlite');
    makeVersion1(path);
    const before = readFileSync(path);
    const ballast = join(disk, 'ballast');
    writeFileSync(ballast, Buffer.alloc(4 * 1024 * 1024 - statSync(path).size - 100_000, 1));
    await expect(openSqliteStore(path)).rejects.toMatchObject({
      code: 'FULL',
      message: expect.stringContaining(`cannot copy it to ${path}.v1-backup`),
    });
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(disk).filter((name) => name.includes('backup'))).toEqual([]);
    rmSync(ballast);
    const store = await openSqliteStore(path);
    expect((await store.completeness(WEB, {}))?.total).toMatchObject({ received: NUMBERED.length + 1 });
    await store.close();
  },
);
