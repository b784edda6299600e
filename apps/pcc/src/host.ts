import { opendirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { codeOf, systemError, text, UserError } from '@perfcollector/cli';
import { type HostReader, openHost } from '@perfcollector/procfs';

/** The option of every command that reads a host. */
export const rootOption = text({
  flag: '--root <dir>',
  fallback: '/',
  about: 'Read <dir>/proc, <dir>/sys and <dir>/etc: another mounted host (/host), or a capture of one.',
});

/** @throws UserError where there is no /proc below the root, or an empty one, as in a chroot where nobody mounted it */
export function hostAt(root: string): HostReader {
  const proc = join(resolve(root), 'proc');
  const isEmpty = isEmptyDirectory(proc);
  if (isEmpty === false) return openHost(resolve(root));
  const what = isEmpty ? `the directory ${proc} is empty` : `there is no directory ${proc}`;
  throw new UserError('NO_PROC', `cannot read a host below ${root}: ${what}`, {
    hint: 'Mount it, or name another --root.',
  });
}

/** Undefined where there is none. */
function isEmptyDirectory(path: string): boolean | undefined {
  try {
    using directory = opendirSync(path, { bufferSize: 1 });
    return directory.readSync() === null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw systemError(`read ${path}`, error);
  }
}
