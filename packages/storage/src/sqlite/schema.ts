import type { DatabaseSync } from 'node:sqlite';

/** Raised with every change to the tables, so that a home of another version is recognised. */
const VERSION = 1;

const TABLES = `
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

/**
 * Makes an open database ours: durable at every commit, for this process alone, with the tables in place.
 * @throws Error where the database is of a newer version
 */
export function prepareDatabase(db: DatabaseSync): void {
  // Exclusive: a second pcd on the same home is refused, and the lock goes with the process, however it ends.
  db.exec(
    'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;',
  );
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  if (version === 0) db.exec(`BEGIN; ${TABLES} PRAGMA user_version = ${VERSION}; COMMIT;`);
  else if (version !== VERSION) {
    throw new Error(
      `it is of version ${version}, and this pcd knows version ${VERSION}: run the newer pcd that wrote it`,
    );
  }
}
