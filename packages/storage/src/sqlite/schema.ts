import type { DatabaseSync } from 'node:sqlite';
import { copyBeside } from './copy-beside.ts';
import { fillReceived } from './fill-received.ts';
import { packSamples } from './pack-samples.ts';

/** "pcd1" in ASCII: tells our files from those of other programs. */
const APPLICATION_ID = 0x70636431;

const VERSION_1 = `
CREATE TABLE machine (
  id      INTEGER PRIMARY KEY,
  tenant  TEXT NOT NULL,
  name    TEXT NOT NULL,
  samples INTEGER NOT NULL DEFAULT 0,
  UNIQUE (tenant, name)
) STRICT;

-- header: the run's first line as it came.
CREATE TABLE run (
  machine INTEGER NOT NULL REFERENCES machine (id) ON DELETE CASCADE,
  run     TEXT NOT NULL,
  started REAL NOT NULL,
  header  TEXT NOT NULL,
  PRIMARY KEY (machine, run)
) STRICT, WITHOUT ROWID;

-- line: the sample's line; ms: its timestamp in whole milliseconds, by which it is known.
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
`;

// unnumbered: samples without run or seq; a duplicate is a sample that came again. NULL: not counted from the beginning.
// run_seq: ranges of stored seqs that neither overlap nor meet; the times are those of their first and last sample.
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
`;

// seen: when something of the machine came last, by pcd's clock. previous_…: a rotated key's old secret.
// waiting: samples as they came, until their hour is complete and becomes a chunk; names of their fields in shape.
// chunk: an hour of a machine, or a part of one that has very many samples; neither chunks nor a chunk and waiting samples
// overlap in time. rollup: a machine's fields over the chunk's minutes (resolution 60), or over a day's (300, 3600).
// open_day: days whose roll-ups are yet to be made. AUTOINCREMENT: a reader keeps what it decoded by its id.
const VERSION_3 = `
ALTER TABLE machine ADD COLUMN seen REAL;

CREATE TABLE shape (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  machine INTEGER NOT NULL REFERENCES machine (id) ON DELETE CASCADE,
  names   TEXT NOT NULL
) STRICT;
CREATE INDEX shape_of_machine ON shape (machine);

CREATE TABLE waiting (
  machine INTEGER NOT NULL REFERENCES machine (id) ON DELETE CASCADE,
  ms      INTEGER NOT NULL,
  run     TEXT,
  seq     INTEGER,
  shape   INTEGER NOT NULL,
  fields  BLOB NOT NULL,
  rest    TEXT,
  PRIMARY KEY (machine, ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE chunk (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  machine  INTEGER NOT NULL REFERENCES machine (id) ON DELETE CASCADE,
  first_ms INTEGER NOT NULL,
  last_ms  INTEGER NOT NULL,
  samples  INTEGER NOT NULL,
  data     BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX chunk_of_machine ON chunk (machine, first_ms, last_ms, samples);
CREATE INDEX chunk_by_age ON chunk (last_ms);

CREATE TABLE rollup (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  machine    INTEGER NOT NULL REFERENCES machine (id) ON DELETE CASCADE,
  resolution INTEGER NOT NULL,
  first_ms   INTEGER NOT NULL,
  last_ms    INTEGER NOT NULL,
  data       BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX rollup_of_machine ON rollup (machine, resolution, first_ms, last_ms);
CREATE INDEX rollup_by_age ON rollup (resolution, last_ms);

CREATE TABLE open_day (
  machine INTEGER NOT NULL REFERENCES machine (id) ON DELETE CASCADE,
  day_ms  INTEGER NOT NULL,
  PRIMARY KEY (machine, day_ms)
) STRICT, WITHOUT ROWID;

ALTER TABLE key ADD COLUMN machines TEXT;
ALTER TABLE key ADD COLUMN last_used REAL;
ALTER TABLE key ADD COLUMN previous_hash BLOB;
ALTER TABLE key ADD COLUMN previous_until REAL;

CREATE TABLE audit (
  id      INTEGER PRIMARY KEY,
  time    REAL NOT NULL,
  tenant  TEXT NOT NULL,
  key     TEXT,
  address TEXT,
  action  TEXT NOT NULL,
  target  TEXT,
  detail  TEXT NOT NULL
) STRICT;
CREATE INDEX audit_time ON audit (tenant, time);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit log is append-only'); END;
`;

/**
 * What each version changed, oldest first. A new database goes through all of them, one of an older version through those
 * that it lacks, so that both end alike. `fill` brings what was stored before into what is new.
 */
const VERSIONS: readonly { readonly tables: string; fill?(db: DatabaseSync): void }[] = [
  { tables: VERSION_1 },
  { tables: VERSION_2, fill: fillReceived },
  { tables: VERSION_3, fill: packSamples },
];

/** A database that this pcd must leave alone. */
export class ForeignDatabaseError extends Error {
  override readonly name = 'ForeignDatabaseError';
}

/**
 * Makes an open database ours: durable at every commit, with the tables in place. Before one of an older version is
 * changed, a copy is put beside it.
 * @throws ForeignDatabaseError where it is another program's or a newer version's: it is left as it was; SQLite's error,
 * READONLY where the file cannot be written
 */
export function prepareDatabase(db: DatabaseSync, path: string, report: Report): void {
  const version = ownVersion(db);
  // Space that sealing frees can be given back to the file system; it must be said before the first table is made.
  if (version === 0) db.exec('PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL');
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  // A log of 16 MiB before it is brought into the file: samples that were sealed by then are not written there twice.
  db.exec('PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16000');
  if (version === VERSIONS.length) {
    checkWritable(db);
    return;
  }
  if (version > 0) {
    const copy = `${path}.v${version}-backup`;
    report(`the store is of version ${version}: it is copied to ${copy} and brought to version ${VERSIONS.length}`);
    copyBeside(db, copy);
  }
  upgrade(db, version);
  if (version > 0) report(`the store is of version ${VERSIONS.length} now`);
}

/** A file that may only be read opens like any other. Nothing is written: the attempt is enough. */
function checkWritable(db: DatabaseSync): void {
  db.exec(`BEGIN; PRAGMA user_version = ${VERSIONS.length}`);
  db.exec('ROLLBACK');
}

/** Takes a sentence for the log. */
export type Report = (sentence: string) => void;

/** All or nothing. */
function upgrade(db: DatabaseSync, from: number): void {
  db.exec('BEGIN');
  try {
    for (const { tables, fill } of VERSIONS.slice(from)) {
      db.exec(tables);
      fill?.(db);
    }
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${VERSIONS.length}; COMMIT`);
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** 0 where the database is empty and to be made ours. */
function ownVersion(db: DatabaseSync): number {
  const number = (query: string) => Number(Object.values(db.prepare(query).get() ?? {})[0]);
  if (number('SELECT count(*) FROM sqlite_schema') === 0) return 0;
  if (number('PRAGMA application_id') !== APPLICATION_ID)
    throw new ForeignDatabaseError('it is the database of another program');
  const version = number('PRAGMA user_version');
  if (version >= 1 && version <= VERSIONS.length) return version;
  throw new ForeignDatabaseError(
    `it is of version ${version}, and this pcd knows version ${VERSIONS.length}: run the pcd that wrote it`,
  );
}
