import { renameSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/**
 * Puts a copy of a database beside it, under its name only when it is whole. One that is there gives way: it is of an
 * earlier attempt.
 * @throws SQLite's error, which says what was attempted; the database is as it was
 */
export function copyBeside(db: DatabaseSync, path: string): void {
  const unfinished = `${path}.unfinished`;
  try {
    rmSync(unfinished, { force: true });
    db.prepare('VACUUM INTO ?').run(unfinished);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    const { message, ...codes } = error as Error & { errcode?: number };
    const attempt = `cannot copy it to ${path}, which is to be done before it is brought to this version`;
    throw Object.assign(new Error(`${attempt}: ${message}`, { cause: error }), codes);
  }
}
