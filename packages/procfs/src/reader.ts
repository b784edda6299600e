import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SourceError } from './errors.ts';
import type { HostReader } from './types.ts';

/** What the kernel answers when it does not have a file, or has it without the feature behind it. */
const UNAVAILABLE = new Set(['ENOENT', 'ENOTDIR', 'ENODEV', 'ENXIO', 'EOPNOTSUPP', 'ENOTSUP']);

/** Reads the kernel files of the host below `root` (`/` is this one; `/host` a mounted one; or a capture). */
export function openHost(root = '/'): HostReader {
  return {
    root,
    isOwn: resolve(root) === '/',
    readText: (...paths) => readFirst(root, paths),
    list: (path) => attempt(join(root, path), (folder) => readdirSync(folder)),
    readLink: (path) => attempt(join(root, path), (link) => readlinkSync(link, 'utf8')),
  };
}

function readFirst(root: string, paths: readonly string[]): string {
  let missing: SourceError | undefined;
  for (const path of paths) {
    try {
      // Files of /proc say that they are 0 bytes long, so this reads until the end comes, not until a size.
      return readFileSync(join(root, path), 'utf8');
    } catch (error) {
      const problem = problemWith(join(root, path), error);
      if (problem.reason === 'failed') throw problem;
      missing ??= problem;
    }
  }
  throw missing ?? new Error('BUG: readText needs a path');
}

function attempt<T>(path: string, read: (path: string) => T): T {
  try {
    return read(path);
  } catch (error) {
    throw problemWith(path, error);
  }
}

function problemWith(path: string, error: unknown): SourceError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  return new SourceError(UNAVAILABLE.has(code) ? 'unavailable' : 'failed', `cannot read ${path}: ${code}`, {
    cause: error,
  });
}
