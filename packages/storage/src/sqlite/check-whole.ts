import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { DamagedError } from '../frame/byte-reader.ts';

/** A store of this size is looked through before it is used; a larger one would take too long (`pcctl verify` does it). */
const SMALL_BYTES = 32 * 1024 * 1024;

/**
 * Looks at a store before anything is written to it, and through a connection that cannot write: what is damaged is left
 * as it was found, with the log beside it.
 * @throws DamagedError where the file is shorter than it says, or its pages do not hold together; SQLite's error
 */
export function checkWhole(path: string): void {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return; // to be made, or to be refused when it is opened
  const db = new DatabaseSync(path, { readOnly: true, timeout: 2000 });
  try {
    const { bytes } = db.prepare(SIZE).get() as { bytes: number };
    const held = sizeOf(path) + sizeOf(`${path}-wal`);
    if (held < bytes) throw new DamagedError(`the file is cut off: it has ${sizeOf(path)} of its ${bytes} bytes`);
    if (bytes <= SMALL_BYTES) checkPages(db);
  } finally {
    db.close();
  }
}

const SIZE = 'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size';

/** 0 where there is no such file. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function checkPages(db: DatabaseSync): void {
  const [found] = db.prepare('PRAGMA quick_check(1)').all() as { quick_check: string }[];
  if (found && found.quick_check !== 'ok')
    throw new DamagedError(`its pages do not hold together: ${found.quick_check.split('\n').at(-1)}`); // a title comes before
}
