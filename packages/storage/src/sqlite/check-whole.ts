import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { DamagedError } from '../frame/byte-reader.ts';

/** A store of this size is looked through before it is used; a larger one would take too long (`pcctl verify` does it). */
const SMALL_BYTES = 32 * 1024 * 1024;

/** @throws DamagedError where the file is shorter than it says, or its pages do not hold together */
export function checkWhole(db: DatabaseSync, path: string): void {
  if (!bringTogether(db)) return;
  const size = statSync(path).size;
  const { bytes } = db
    .prepare('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size')
    .get() as {
    bytes: number;
  };
  if (size < bytes) throw new DamagedError(`the file is cut off: it has ${size} of its ${bytes} bytes`);
  if (size > SMALL_BYTES) return;
  const [found] = db.prepare('PRAGMA quick_check(1)').all() as { quick_check: string }[];
  if (found && found.quick_check !== 'ok')
    throw new DamagedError(`its pages do not hold together: ${found.quick_check}`);
}

/** Brings what the log holds into the file. @returns whether it could; not on a full disk, where nothing is wrong with it */
function bringTogether(db: DatabaseSync): boolean {
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === FULL) return false;
    throw error;
  }
}

/** https://www.sqlite.org/rescode.html#full */
const FULL = 13;
