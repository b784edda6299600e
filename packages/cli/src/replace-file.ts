import { closeSync, fsyncSync, lstatSync, openSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A file on its way to taking a name. */
export interface Replacement {
  /** Where to write; it exists already, empty. */
  readonly temporary: string;
  /** The file takes its name, whole and on the disk. */
  commit(): void;
  /** Nothing of it stays. After a commit it does nothing. */
  discard(): void;
}

/**
 * Begins to write a file that appears under its name only when it is whole; until then it stands beside it and what was
 * there before stays. A link is followed; a device or pipe is written straight into, for it cannot be replaced.
 * @throws the file system's error, EISDIR for a directory: so nothing is begun that could not be finished
 */
export function replaceFile(path: string, mode = 0o666): Replacement {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink()) return replaceFile(realpathSync(path), mode);
  if (stat?.isDirectory()) throw Object.assign(new Error(`${path} is a directory`), { code: 'EISDIR' });
  if (stat && !stat.isFile()) return { temporary: path, commit: () => {}, discard: () => {} };
  const temporary = join(dirname(path), `.${basename(path).slice(0, 200)}.${randomWord()}`);
  closeSync(openSync(temporary, 'wx', mode));
  return {
    temporary,
    commit() {
      sync(temporary);
      renameSync(temporary, path);
    },
    discard: () => rmSync(temporary, { force: true }),
  };
}

/** Not imported: it takes a megabyte and 8 ms, also of the programs that replace no file. */
function randomWord(): string {
  return process.getBuiltinModule('node:crypto').randomBytes(6).toString('hex');
}

/** A name must not outlive a power loss that its content does not. */
function sync(path: string): void {
  const descriptor = openSync(path, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
