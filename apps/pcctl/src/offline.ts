import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemError, text, UserError } from '@perfcollector/cli';
import {
  DATABASE_FILE,
  type Maintenance,
  openSqliteStore,
  StoreError,
  type StoreErrorCode,
} from '@perfcollector/storage';

/** Works on a home of pcd itself instead of through a server. */
export const homeOption = text({
  flag: '--home <dir>',
  about: 'Work on this home of a pcd that does not run, instead of asking a server.',
});

/**
 * Opens the store of a home for the time of one work.
 * @throws UserError where there is none, it is damaged, or a pcd uses it
 */
export async function withHome<T>(home: string, use: (maintenance: Maintenance) => Promise<T>): Promise<T> {
  const path = join(resolve(home), DATABASE_FILE);
  checkFile(path);
  try {
    const store = await openSqliteStore(path);
    try {
      if (!store.maintenance) throw new Error(`BUG: the store ${store.kind} cannot be worked on`);
      return await use(store.maintenance);
    } finally {
      await store.close();
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const { code, message } = error;
    throw new UserError(code, `cannot use the store ${path}: ${message}`, { hint: HINTS[code], cause: error });
  }
}

/** Opening would make one, also of an empty file. */
function checkFile(path: string): void {
  let size: number;
  try {
    ({ size } = statSync(path));
  } catch (error) {
    throw systemError(`find the store ${path}`, error);
  }
  if (size === 0)
    throw new UserError('DAMAGED', `cannot use the store ${path}: the file is empty`, { hint: HINTS.DAMAGED });
}

const HINTS: { readonly [code in StoreErrorCode]?: string } = {
  BUSY: 'A pcd uses this home: ask it, without --home, or stop it first.',
  DAMAGED: 'Move it away, with the file of its name and -wal where there is one, and put a backup in its place.',
  FULL: 'Make room on its disk.',
  NO_ACCESS: 'Run it as the user that pcd runs as.',
  READONLY: 'Run it as the user that pcd runs as, and see that the disk may be written to.',
};
