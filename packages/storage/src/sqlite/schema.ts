import type { DatabaseSync } from 'node:sqlite';

/** "pcd1" in ASCII: tells our files from those of other programs. */
const APPLICATION_ID = 0x70636431;
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

/** A database that this pcd must leave alone. */
export class ForeignDatabaseError extends Error {
  override readonly name = 'ForeignDatabaseError';
}

/**
 * Makes an open database ours: durable at every commit, for this process alone, with the tables in place.
 * @throws ForeignDatabaseError where it is another program's or a newer version's: it is left as it was
 */
export function prepareDatabase(db: DatabaseSync): void {
  // Exclusive: a second pcd on the same home is refused, and the lock goes with the process, however it ends.
  db.exec('PRAGMA locking_mode = EXCLUSIVE');
  const isNew = checkOwner(db);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  const marks = `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${VERSION}`;
  if (isNew) db.exec(`BEGIN; ${TABLES}; ${marks}; COMMIT`);
}

/** Whether the database is empty and to be made ours. */
function checkOwner(db: DatabaseSync): boolean {
  const number = (query: string) => Number(Object.values(db.prepare(query).get() ?? {})[0]);
  if (number('SELECT count(*) FROM sqlite_schema') === 0) return true;
  if (number('PRAGMA application_id') !== APPLICATION_ID)
    throw new ForeignDatabaseError('it is the database of another program');
  const version = number('PRAGMA user_version');
  if (version === VERSION) return false;
  throw new ForeignDatabaseError(
    `it is of version ${version}, and this pcd knows version ${VERSION}: run the pcd that wrote it`,
  );
}
