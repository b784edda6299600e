import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from './errors.ts';

/**
 * Makes a directory and those above it. Returns whether it was not there before.
 * Not by mkdirSync's own `recursive`: in /proc, which has every parent and takes no child, that never returns (Node 26).
 * @throws the file system's error; EEXIST where something else has the name
 */
export function makeDirectory(path: string, mode = 0o777): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && statSync(path).isDirectory()) return false;
    if (codeOf(error) !== 'ENOENT' || !makeDirectory(dirname(path), mode)) throw error;
    mkdirSync(path, { mode });
    return true;
  }
}
