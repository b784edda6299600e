import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SourceError } from './errors.ts';
import type { HostReader } from './types.ts';

/** What the kernel answers when it does not have a file, or has it without the feature behind it. */
const UNAVAILABLE = new Set(['ENOENT', 'ENOTDIR', 'ENODEV', 'ENXIO', 'EOPNOTSUPP', 'ENOTSUP']);

/** Reads the kernel files of the host below `root` (`/` is this one; `/host` a mounted one; or a capture). */
export function openHost(root = '/'): HostReader {
  return { root, isOwn: resolve(root) === '/', readText: (...paths) => readFirst(root, paths) };
}

function readFirst(root: string, paths: readonly string[]): string {
  let missing: SourceError | undefined;
  for (const path of paths) {
    try {
      // Files of /proc say that they are 0 bytes long, so this reads until the end comes, not until a size.
      return readFileSync(join(root, path), 'utf8');
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      const reason = UNAVAILABLE.has(code) ? 'unavailable' : 'failed';
      const problem = new SourceError(reason, `cannot read ${join(root, path)}: ${code}`, { cause: error });
      if (reason === 'failed') throw problem;
      missing ??= problem;
    }
  }
  throw missing ?? new Error('BUG: readText needs a path');
}
