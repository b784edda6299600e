import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it } from 'vitest';
import { packer } from '../packed/packed-sample.ts';
import { fieldKinds } from '../rollup/field-kind.ts';
import { Background } from './background.ts';
import { Backlog } from './backlog.ts';
import { Chunks } from './chunks.ts';
import { Rollups } from './rollups.ts';
import { prepareDatabase } from './schema.ts';
import { Sealing } from './sealing.ts';
import { preparer } from './sql.ts';
import { HOUR_MS, hourOf } from './time.ts';
import { Waiting } from './waiting.ts';

const NOW = hourOf(1_768_100_000_000);
const DAY_MS = 24 * HOUR_MS;

/** The store's own work on a database in a file, with clocks that a test sets. */
function openBackground(path: string) {
  const db = new DatabaseSync(path);
  const reports: string[] = [];
  prepareDatabase(db, path, () => {});
  const time = { now: NOW, elapsed: 1000 };
  const clock = { now: () => time.now, elapsed: () => time.elapsed };
  const sql = preparer(db);
  const kindOf = fieldKinds();
  const [waiting, chunks, rollups] = [new Waiting(sql), new Chunks(sql), new Rollups(sql, kindOf)];
  const sealing = new Sealing({ sql, waiting, chunks, rollups, kindOf });
  const backlog = new Backlog(clock);
  const transact = <T>(work: () => T): T => {
    db.exec('BEGIN');
    try {
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      waiting.forget();
      chunks.forget();
      db.exec('ROLLBACK');
      throw error;
    }
  };
  const retention = { raw: 30 * 24 * 3600 };
  const background = new Background({
    sql,
    sealing,
    backlog,
    retention,
    transact,
    clock,
    report: (text) => reports.push(text),
  });
  return {
    db,
    time,
    reports,
    /** Stores a sample of a machine; Unix milliseconds. */
    put(machine: number, ms: number) {
      db.prepare('INSERT OR IGNORE INTO machine (id, tenant, name, samples) VALUES (?, ?, ?, 1)').run(
        machine,
        'acme',
        `m${machine}`,
      );
      const packed = packer(`m${machine}`)({ timestamp: ms / 1000, fields: { a: 1 } });
      waiting.insert(machine, waiting.at(packed, ms, `m${machine}`));
      backlog.note(machine, ms, 1);
    },
    /** Looks for work and does all that there is. */
    work() {
      background.sweep();
      while (background.step());
    },
    /** How many samples wait, and how many chunks there are. */
    counts: () => [
      db.prepare('SELECT count(*) AS n FROM waiting').get()?.n,
      db.prepare('SELECT count(*) AS n FROM chunk').get()?.n,
    ],
  };
}

let opened: ReturnType<typeof openBackground>;

beforeEach(() => {
  const directory = mkdtempSync(join(tmpdir(), 'background-'));
  opened = openBackground(join(directory, 'store.sqlite'));
  return () => {
    opened.db.close();
    rmSync(directory, { recursive: true });
  };
});

const MINUTE = 60_000;

describe('while the clock is set back', () => {
  it('an hour that nothing came for in a while is sealed no later', () => {
    opened.put(1, NOW - 3 * HOUR_MS);
    opened.time.now -= HOUR_MS;
    opened.time.elapsed += 6 * MINUTE;
    opened.work();
    expect(opened.counts()).toEqual([0, 1]);
  });

  it('an hour that is not over by it waits', () => {
    opened.put(1, NOW - MINUTE);
    opened.time.now -= HOUR_MS;
    opened.time.elapsed += 6 * MINUTE;
    opened.work();
    expect(opened.counts()).toEqual([1, 0]);
  });

  it('what is too old is deleted no later, and what is young stays', () => {
    opened.work();
    opened.put(1, NOW - 40 * DAY_MS);
    opened.put(1, NOW - 29 * DAY_MS);
    opened.time.now -= HOUR_MS;
    opened.time.elapsed += 11 * MINUTE;
    opened.work();
    expect(opened.db.prepare('SELECT count(*) AS n FROM waiting').get()).toEqual({ n: 0 });
    expect(opened.db.prepare('SELECT first_ms FROM chunk').all()).toEqual([{ first_ms: NOW - 29 * DAY_MS }]);
  });

  it('work that failed is tried again no later', () => {
    opened.put(1, NOW - 3 * HOUR_MS);
    opened.db.exec("CREATE TEMP TRIGGER no BEFORE INSERT ON main.chunk BEGIN SELECT raise(ABORT, 'no room'); END");
    opened.time.elapsed += 6 * MINUTE;
    opened.work();
    expect(opened.reports).toEqual([expect.stringContaining('no room')]);
    opened.db.exec('DROP TRIGGER no');
    opened.time.now -= HOUR_MS;
    opened.time.elapsed += 6 * MINUTE;
    opened.work();
    expect(opened.counts()).toEqual([0, 1]);
  });
});

describe('an hour that cannot be sealed', () => {
  it('keeps no other from being sealed', () => {
    for (const machine of [1, 2, 3]) opened.put(machine, NOW - 3 * HOUR_MS);
    opened.db.exec(
      "CREATE TEMP TRIGGER no BEFORE INSERT ON main.chunk WHEN NEW.machine = 2 BEGIN SELECT raise(ABORT, 'damaged'); END",
    );
    opened.time.elapsed += 6 * MINUTE;
    opened.work();
    opened.time.elapsed += 2 * MINUTE;
    opened.work();
    expect(opened.counts()).toEqual([1, 2]);
    expect(opened.reports).toHaveLength(1);
  });
});

it('a database that fails when it looks for work is told of, and does not end the thread', () => {
  opened.db.exec('ALTER TABLE open_day RENAME TO gone');
  expect(() => opened.work()).not.toThrow();
  expect(opened.reports).toEqual([expect.stringContaining('open_day')]);
});
