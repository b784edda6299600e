import { openHost } from '../reader.ts';
import type { HostReader } from '../types.ts';
import { isThisKernel } from './kernel-units.ts';
import { isNamespaceInitial } from './namespaces.ts';
import { readWord } from './read.ts';

/**
 * Reads what the host calls itself. Below another root of this machine, /proc/sys/kernel/hostname still gives the name
 * in this process's own UTS namespace, a container's perhaps: there only the host's own file tells.
 */
export function readHostname(host: HostReader): string | undefined {
  const isOurName = !host.isOwn && isThisKernel(host) && !isNamespaceInitial(openHost(), 'uts');
  return isOurName ? readWord(host, '/etc/hostname') : readWord(host, '/proc/sys/kernel/hostname');
}
