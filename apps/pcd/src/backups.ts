import { chmodSync, existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { makeDirectory } from '@perfcollector/cli';
import type { Maintenance } from '@perfcollector/storage';
import type { Home } from './home.ts';
import { HttpError } from './http-error.ts';

/** A backup that is sent away; one that a crash left is replaced by the next. */
const IN_PASSING = '.download.sqlite';

/** Writes a backup into the home's folder of them. @throws HttpError 409 where there is one of that name */
export async function makeBackup(maintenance: Maintenance, home: Home, name: string) {
  const path = join(prepareFolder(home), `${name}.sqlite`);
  if (existsSync(path)) {
    throw new HttpError(
      409,
      'BACKUP_EXISTS',
      `there is a backup ${basename(path)} already; give this one another name`,
    );
  }
  try {
    return { path, ...(await maintenance.backup(path)) };
  } catch (error) {
    await rm(path, { force: true }); // a torn one must not be taken for a backup
    throw error;
  }
}

/** A backup that exists only while it is read: its file loses its name before the first byte goes out. */
export async function takeBackup(maintenance: Maintenance, home: Home): Promise<{ bytes: number; stream: Readable }> {
  const path = join(prepareFolder(home), IN_PASSING);
  await rm(path, { force: true });
  try {
    const { bytes } = await maintenance.backup(path);
    const file = await open(path);
    return { bytes, stream: file.createReadStream() };
  } finally {
    await rm(path, { force: true });
  }
}

/** For the owner alone: a backup holds what the store does. */
function prepareFolder({ backups }: Home): string {
  if (makeDirectory(backups, 0o700)) chmodSync(backups, 0o700);
  return backups;
}
