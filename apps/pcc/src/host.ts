import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text, UserError } from '@perfcollector/cli';
import { type HostReader, openHost } from '@perfcollector/procfs';

/** The option of every command that reads a host. */
export const rootOption = text({
  flag: '--root <dir>',
  fallback: '/',
  about: 'Read <dir>/proc, <dir>/sys and <dir>/etc: another mounted host (/host), or a capture of one.',
});

/** @throws UserError where there is no /proc below the root */
export function hostAt(root: string): HostReader {
  const proc = join(resolve(root), 'proc');
  if (statSync(proc, { throwIfNoEntry: false })?.isDirectory()) return openHost(resolve(root));
  throw new UserError('NO_PROC', `cannot read a host below ${root}: there is no directory ${proc}`, {
    hint: 'Mount it, or name another --root.',
  });
}
