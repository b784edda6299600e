import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { Client } from '@perfcollector/api';
import { openSqliteStore } from '@perfcollector/storage';
import { canMount, readOnly } from '@perfcollector/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PcdProcess, SHIPPED, startPcd } from './test-process.ts';
import { linesOf, makeTempDir } from './test-server.ts';

const START = 1_767_978_000;
const HOUR = 3600;
const HOURS = 4;
const SAMPLES = 300;

/** Long enough and different enough that each of its hours takes many pages. */
function sampleAt(timestamp: number) {
  const fields = Object.fromEntries(
    Array.from({ length: 40 }, (_, at) => [`field_${at}`, ((timestamp * (at + 7919) * 2_654_435_761) % 2 ** 40) / 8]),
  );
  return { timestamp, fields };
}

function samplesOfHour(hour: number) {
  return Array.from({ length: SAMPLES }, (_, at) => sampleAt(START + hour * HOUR + at * 10));
}

let directory: string;
let whole: string;
let home: string;
let database: string;

beforeAll(async () => {
  directory = makeTempDir();
  whole = join(directory, 'whole');
  await using pcd = await startPcd(whole, {}, SHIPPED);
  await pcd.process.kill('SIGTERM');
  const store = await openSqliteStore(join(whole, 'pcd.sqlite'));
  for (let hour = 0; hour < HOURS; hour += 1) {
    const batch = { tenant: 'default', machine: 'web01', headers: [], samples: samplesOfHour(hour), events: [] };
    await store.append(batch);
  }
  await store.maintenance.seal();
  await store.close();
});
afterAll(() => rmSync(directory, { recursive: true }));

beforeEach(() => {
  home = mkdtempSync(join(directory, 'home-'));
  database = join(home, 'pcd.sqlite');
  for (const name of ['pcd.sqlite', 'admin.key']) copyFileSync(join(whole, name), join(home, name));
});

function start(program: readonly string[] = SHIPPED) {
  return new PcdProcess([], { PCD_LISTENADDRESS: '127.0.0.1:0', PCD_HOME: home }, program).ended;
}

/** It ends with 1, two lines, and nothing touched. */
async function expectRefusal(message: RegExp, program?: readonly string[]): Promise<void> {
  const files = ['pcd.sqlite', 'pcd.sqlite-wal', 'admin.key'].map((name) => join(home, name)).filter(existsSync);
  const before = files.map((file) => readFileSync(file));
  const { code, stdout, stderr } = await start(program);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^pcd: cannot open the store .*pcd\.sqlite: .+\n {2}[A-Z].+\.\n$/);
  expect(stderr).toMatch(message);
  expect(files.map((file) => readFileSync(file).equals(before[files.indexOf(file)] as Buffer))).toEqual(
    files.map(() => true),
  );
}

function overwrite(position: number, bytes: Uint8Array): void {
  const file = openSync(database, 'r+');
  writeSync(file, bytes, 0, bytes.length, position);
  closeSync(file);
}

const NOISE = Buffer.from(Array.from({ length: 3000 }, (_, at) => (at * 7919 + 13) % 251));
/** Before a command: root without its right to every file. */
const AS_ANYBODY = ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--'];
const MOVE_AWAY = /damaged.*Move it away.*backup/s;

/** https://www.sqlite.org/fileformat2.html#page_size */
function pageBytes(): number {
  return readFileSync(database).readUInt16BE(16);
}

/** The page on which a table begins. */
function rootOf(table: string): number {
  const db = new DatabaseSync(database, { readOnly: true });
  const page = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table)?.rootpage as number;
  db.close();
  return page;
}

/** Where in the file the samples of an hour stand: the middle of a page that holds nothing else. */
function placeInHour(hour: number): number {
  const db = new DatabaseSync(database, { readOnly: true });
  const chunk = db.prepare('SELECT data FROM chunk ORDER BY first_ms LIMIT 1 OFFSET ?').get(hour);
  db.close();
  const data = Buffer.from(chunk?.data as Uint8Array);
  const place = readFileSync(database).indexOf(data.subarray(data.length >> 1, (data.length >> 1) + 64));
  expect(place).toBeGreaterThan(0);
  return place;
}

/** Kills a pcd, so that what it has just taken is in its log alone. */
async function leaveLog(): Promise<void> {
  await using pcd = await startPcd(home, {}, SHIPPED);
  const client = clientOf(pcd.url);
  await client.trickle('web01', [JSON.stringify(sampleAt(START + HOURS * HOUR))]);
  await pcd.process.kill('SIGKILL');
  await client.destroy();
}

function clientOf(url: string): Client {
  return new Client({ server: url, apiKey: readFileSync(join(home, 'admin.key'), 'utf8').trim() });
}

describe('pcd does not start with, and does not touch', () => {
  for (const [title, part] of [
    ['cut off in its middle', 0.5],
    ['cut off within its first page', 0.001],
    ['without its last page', 0.999],
  ] as const) {
    it(`a store that is ${title}`, async () => {
      truncateSync(database, Math.floor(readFileSync(database).length * part));
      await expectRefusal(MOVE_AWAY);
    });
  }

  it('a store that is cut off and has a log beside it', async () => {
    await leaveLog();
    truncateSync(database, readFileSync(database).length >> 1);
    await expectRefusal(MOVE_AWAY);
  });

  it('a store that is empty, where there was one', async () => {
    truncateSync(database, 0);
    await expectRefusal(/the file is empty.*admin\.key.*backup/s);
  });

  it('a store whose header is overwritten', async () => {
    overwrite(0, NOISE);
    await expectRefusal(MOVE_AWAY);
  });

  it('a store with noise on the page of a table', async () => {
    overwrite((rootOf('machine') - 1) * pageBytes(), NOISE);
    await expectRefusal(MOVE_AWAY);
  });

  it('a directory in its place', async () => {
    rmSync(database);
    mkdirSync(database);
    const { code, stderr } = await start();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^pcd: cannot open the store .*\n {2}See that it is a file/);
  });

  it('a store that it may not read', async () => {
    chmodSync(database, 0);
    const { code, stderr } = await start(process.getuid?.() === 0 ? [...AS_ANYBODY, ...SHIPPED] : SHIPPED);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^pcd: cannot open the store .*\n {2}See that .* the user that pcd runs as may read and write/,
    );
  });

  it.skipIf(!canMount)('a store that may only be read', async () => {
    readOnly(database);
    await expectRefusal(/read-?only.*Let the user that pcd runs as write the file/s);
  });

  it.skipIf(!canMount)('a home that may only be read', async () => {
    readOnly(home);
    await expectRefusal(/its disk may be written to/);
  });
});

describe('a store whose log', () => {
  it('is lost starts with what it has, whole', async () => {
    await leaveLog();
    rmSync(`${database}-wal`);
    await expectWhole();
  });

  it('is overwritten starts with what it has, whole', async () => {
    await leaveLog();
    writeFileSync(`${database}-wal`, NOISE);
    await expectWhole();
  });
});

async function expectWhole(): Promise<void> {
  await using pcd = await startPcd(home, {}, SHIPPED);
  const client = clientOf(pcd.url);
  expect((await client.verify()).problems).toEqual([]);
  const { length } = linesOf(await text(await client.collection('web01', { to: START + HOURS * HOUR - 1 })));
  expect(length).toBe(HOURS * SAMPLES);
  await client.close();
}

it('where the samples of an hour are overwritten, the others are given, that hour is an error, and verify names it', async () => {
  overwrite(placeInHour(1), NOISE.subarray(0, 200));
  await using pcd = await startPcd(home, {}, SHIPPED);
  const client = clientOf(pcd.url);
  const rangeOf = (hour: number) => ({ from: START + hour * HOUR, to: START + (hour + 1) * HOUR - 1 });
  for (const hour of [0, 2, 3]) {
    expect(linesOf(await text(await client.collection('web01', rangeOf(hour))))).toMatchObject(samplesOfHour(hour));
  }
  await expect(client.collection('web01', rangeOf(1))).rejects.toMatchObject({ status: 500, code: 'STORE_FAILED' });
  const { problems } = await client.verify();
  expect(problems.join('\n')).toMatch(/^web01: the chunk 2026-01-09T18:00:00\.000Z to 2026-01-09T18:\S+ is damaged/m);
  const fresh = sampleAt(START + HOURS * HOUR);
  await client.trickle('web01', [JSON.stringify(fresh)]);
  expect(linesOf(await text(await client.collection('web01', { from: fresh.timestamp })))).toMatchObject([fresh]);
  const late = sampleAt(START + HOUR + 5);
  await expect(client.trickle('web01', [JSON.stringify(late)])).rejects.toMatchObject({ code: 'STORE_FAILED' });
  await client.close();
});

it('where a page is overwritten under a pcd that runs, verify names it', async () => {
  await using pcd = await startPcd(home, {}, SHIPPED);
  const client = clientOf(pcd.url);
  overwrite(Math.floor(placeInHour(2) / pageBytes()) * pageBytes(), NOISE);
  const { problems } = await client.verify();
  expect(problems.join('\n')).toMatch(/^web01: the chunk 2026-01-09T19:00:00\.000Z to 2026-01-09T19:\S+ is damaged/m);
  await client.close();
});
