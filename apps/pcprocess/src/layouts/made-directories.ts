import { existsSync, rmdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, makeDirectory, systemError } from '@perfcollector/cli';

/** Directories that were made for files; those that stay empty can be taken away again. */
export class MadeDirectories {
  readonly #made: string[] = [];

  /** Makes a directory and those above it. @throws UserError */
  make(path: string): void {
    const missing = missingOf(path);
    try {
      makeDirectory(path);
    } catch (error) {
      throw systemError(`make the directory ${path}`, error);
    }
    this.#made.push(...missing);
  }

  remove(): void {
    for (const path of this.#made.toSorted((a, b) => b.length - a.length)) {
      try {
        rmdirSync(path);
      } catch (error) {
        // Somebody else has put something there, or taken it away.
        if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(codeOf(error) ?? '')) throw error;
      }
    }
  }
}

function missingOf(path: string): string[] {
  return existsSync(path) ? [] : [path, ...missingOf(dirname(path))];
}
