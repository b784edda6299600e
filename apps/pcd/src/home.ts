import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { codeOf, makeDirectory, type Replacement, replaceFile, systemError } from '@perfcollector/cli';
import { DATABASE_FILE } from '@perfcollector/storage';

/** The files of one pcd. */
export interface Home {
  readonly path: string;
  /** The embedded store. */
  readonly database: string;
  /** Keys that a person wrote down, one a line. */
  readonly apikeys: string;
  /** The key of the first administrator, for pcctl run by the same user. */
  readonly adminKey: string;
  /** Folder of the backups that administrators ask for. */
  readonly backups: string;
}

/** `~/.pcd` unless told otherwise. */
export function homeAt(path: string | undefined): Home {
  const root = resolve(path ?? join(homedir(), '.pcd'));
  return {
    path: root,
    database: join(root, DATABASE_FILE),
    apikeys: join(root, 'apikeys'),
    adminKey: join(root, 'admin.key'),
    backups: join(root, 'backups'),
  };
}

/**
 * Makes the home if it is not there, for its owner alone.
 * Returns whether others may look into an existing one.
 */
export function prepareHome({ path }: Home): { isOpenToOthers: boolean } {
  try {
    if (makeDirectory(path, 0o700)) chmodSync(path, 0o700); // whatever the umask made of it
    return { isOpenToOthers: (statSync(path).mode & 0o077) !== 0 };
  } catch (error) {
    throw systemError(`make the home directory ${path}`, error);
  }
}

export function readAdminKey({ adminKey }: Home): string | undefined {
  try {
    return readFileSync(adminKey, 'utf8').trim();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw systemError(`read the administrator's key ${adminKey}`, error);
  }
}

/**
 * Begins to write the administrator's key, for its owner alone; it takes its place with `commit`. So a key that changes
 * in the store too is never in one of the two places alone.
 */
export function prepareAdminKey({ adminKey }: Home, key: string): Replacement {
  try {
    const file = replaceFile(adminKey, 0o600);
    writeFileSync(file.temporary, `${key}\n`);
    return file;
  } catch (error) {
    throw systemError(`write the administrator's key ${adminKey}`, error);
  }
}
