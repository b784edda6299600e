/** A directory as it is to be installed. */
import {
  chmodSync,
  copyFileSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Entry } from './contents.ts';
import type { Release } from './release.ts';

/** Puts the entries below a directory, with the modes that they are to have whatever the umask, all of the release's time. */
export function writeTree(entries: readonly Entry[], root: string, release: Release): void {
  for (const entry of entries) {
    const path = join(root, entry.path);
    mkdirSync(dirname(path), { recursive: true });
    writeEntry(entry, path);
  }
  settle(root, release.epoch);
}

function writeEntry(entry: Entry, path: string): void {
  if ('link' in entry) {
    symlinkSync(entry.link, path);
    return;
  }
  if ('made' in entry) linkOrCopy(entry.made, path);
  else if ('file' in entry) copyFileSync(entry.file, path);
  else writeFileSync(path, entry.data);
  chmodSync(path, entry.mode ?? 0o644);
}

/** The executable is 130 MB, and goes into a tree for each kind of package. */
function linkOrCopy(file: string, path: string): void {
  try {
    linkSync(file, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    copyFileSync(file, path);
  }
}

function settle(root: string, epoch: number): void {
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    const path = join(root, entry.name);
    if (entry.isDirectory()) settle(path, epoch);
    else lutimesSync(path, epoch, epoch);
  }
  chmodSync(root, 0o755);
  lutimesSync(root, epoch, epoch);
}
