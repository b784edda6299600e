import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@perfcollector/api';
import { beforeEach, expect, it } from 'vitest';
import { formatKey, hashSecret, newKeyParts } from './keys/key-format.ts';
import { PcdProcess, SHIPPED, startPcd } from './test-process.ts';
import { linesOf, makeTempDir } from './test-server.ts';

/** The tables as pcd made them before samples were sealed; they stay as they are, whatever comes later. */
const VERSION_2 = `
CREATE TABLE machine (
  id INTEGER PRIMARY KEY, tenant TEXT NOT NULL, name TEXT NOT NULL, samples INTEGER NOT NULL DEFAULT 0,
  unnumbered INTEGER NOT NULL DEFAULT 0, unnumbered_duplicates INTEGER DEFAULT 0, UNIQUE (tenant, name)
) STRICT;
CREATE TABLE run (
  machine INTEGER NOT NULL REFERENCES machine (id) ON DELETE CASCADE,
  run TEXT NOT NULL, started REAL NOT NULL, header TEXT NOT NULL, PRIMARY KEY (machine, run)
) STRICT, WITHOUT ROWID;
CREATE TABLE sample (
  machine INTEGER NOT NULL REFERENCES machine (id) ON DELETE CASCADE,
  ms INTEGER NOT NULL, run TEXT, line TEXT NOT NULL, UNIQUE (machine, ms)
) STRICT;
CREATE TABLE event (
  machine INTEGER NOT NULL REFERENCES machine (id) ON DELETE CASCADE,
  ms INTEGER NOT NULL, run TEXT, line TEXT NOT NULL, UNIQUE (machine, ms, line)
) STRICT;
CREATE TABLE key (
  id TEXT PRIMARY KEY, hash BLOB NOT NULL, tenant TEXT NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL,
  created REAL NOT NULL, expires REAL
) STRICT;
CREATE TABLE run_seq (
  machine INTEGER NOT NULL REFERENCES machine (id) ON DELETE CASCADE, run TEXT NOT NULL,
  first INTEGER NOT NULL, last INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
  PRIMARY KEY (machine, run, first)
) STRICT, WITHOUT ROWID;
CREATE TABLE run_duplicates (
  machine INTEGER NOT NULL REFERENCES machine (id) ON DELETE CASCADE, run TEXT NOT NULL, count INTEGER,
  PRIMARY KEY (machine, run)
) STRICT, WITHOUT ROWID;
PRAGMA application_id = 0x70636431; PRAGMA user_version = 2;
`;

const START = 1_767_978_000;
/** Many enough that bringing them over takes a moment. */
const SAMPLES = 20_000;

function sampleAt(seq: number) {
  const fields = { number: seq, cpu_user: seq * 7, cpu_idle: seq * 93, text: 'x'.repeat(100) };
  return { timestamp: START + seq * 10, run: 'r', seq, fields };
}

let home: string;
let database: string;
let key: string;

beforeEach(() => {
  home = join(makeTempDir(), 'home');
  database = join(home, 'pcd.sqlite');
  mkdirSync(home, { mode: 0o700 });
  const parts = newKeyParts();
  key = formatKey(parts);
  writeFileSync(join(home, 'admin.key'), `${key}\n`, { mode: 0o600 });
  const db = new DatabaseSync(database);
  db.exec(`PRAGMA journal_mode = WAL; BEGIN; ${VERSION_2}`);
  db.prepare("INSERT INTO machine (tenant, name, samples) VALUES ('default', 'web01', ?)").run(SAMPLES);
  const insert = db.prepare("INSERT INTO sample (machine, ms, run, line) VALUES (1, ?, 'r', ?)");
  for (let seq = 1; seq <= SAMPLES; seq += 1) {
    const sample = sampleAt(seq);
    insert.run(sample.timestamp * 1000, JSON.stringify(sample));
  }
  db.exec(
    `INSERT INTO run_seq VALUES (1, 'r', 1, ${SAMPLES}, ${(START + 10) * 1000}, ${(START + SAMPLES * 10) * 1000})`,
  );
  const insertKey = "INSERT INTO key VALUES (?, ?, 'default', 'administrator', 'ingest read admin', ?, NULL)";
  db.prepare(insertKey).run(parts.id, hashSecret(parts.secret), START);
  db.exec('COMMIT');
  db.close();
  return () => rmSync(join(home, '..'), { recursive: true });
});

function versionOf(path: string): unknown {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
  try {
    return db.prepare('PRAGMA user_version').get()?.user_version;
  } finally {
    db.close();
  }
}

/** Everything is there under the key that there was, and more can come. */
async function expectWhole(url: string): Promise<void> {
  const client = new Client({ server: url, apiKey: key });
  await client.trickle('web01', [JSON.stringify(sampleAt(SAMPLES + 1)), JSON.stringify(sampleAt(5))]);
  const stored = linesOf(await text(await client.collection('web01', {})));
  expect(stored).toEqual(Array.from({ length: SAMPLES + 1 }, (_, at) => sampleAt(at + 1)));
  const { total } = await client.completeness('web01');
  expect(total).toMatchObject({ expected: SAMPLES + 1, received: SAMPLES + 1, missing_samples: 0 });
  expect((await client.verify()).problems).toEqual([]);
  await client.close();
}

it('the home of a former version is brought to this one, with a copy beside it, and the log says so', async () => {
  await using pcd = await startPcd(home, {}, SHIPPED);
  await pcd.process.said(/"the store is of version 2: it is copied to \S+\.v2-backup and brought to version 3"/);
  await pcd.process.said(/"the store is of version 3 now"/);
  await expectWhole(pcd.url);
  expect(await pcd.process.kill('SIGTERM')).toMatchObject({ code: 0 });
  expect([versionOf(database), versionOf(`${database}.v2-backup`)]).toEqual([3, 2]);
});

it('a pcd that is killed while it does so does it at its next start', async () => {
  for (const wait of [0, 50, 150, 300, 600]) {
    const pcd = new PcdProcess([], { PCD_LISTENADDRESS: '127.0.0.1:0', PCD_HOME: home }, SHIPPED);
    await pcd.said(/it is copied to|listening/);
    await sleep(wait);
    await pcd.kill('SIGKILL');
    expect([2, 3]).toContain(versionOf(database));
  }
  await using pcd = await startPcd(home, {}, SHIPPED);
  await expectWhole(pcd.url);
  expect(versionOf(`${database}.v2-backup`)).toBe(2);
});
