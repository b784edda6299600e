import { optionalFact } from '../errors.ts';
import type { HostReader } from '../types.ts';

/** The namespaces that the kernel itself begins with have fixed numbers: include/linux/proc_ns.h. */
const INITIAL = { pid: 'pid:[4026531836]', uts: 'uts:[4026531838]', ipc: 'ipc:[4026531839]' };

/** Whether a process of the host (of another root: its process 1) is in the namespace that the kernel began with. */
export function isNamespaceInitial(host: HostReader, kind: keyof typeof INITIAL): boolean {
  const process = host.isOwn ? 'self' : '1';
  return optionalFact(() => host.readLink(`/proc/${process}/ns/${kind}`)) === INITIAL[kind];
}
