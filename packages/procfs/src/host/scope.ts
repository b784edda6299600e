import { optionalFact } from '../errors.ts';
import type { HostReader } from '../types.ts';
import { isThisKernel } from './kernel-units.ts';

/** Containers whose manager runs a kernel, or shows a /proc, of their own. */
const OWN_PROC: ReadonlyMap<string, string> = new Map([
  ['openvz', 'a container: what its /proc shows is its own'],
  ['wsl', 'a Linux inside Windows: its virtual machine, not the Windows host'],
]);

/** Says in a sentence whose numbers a collection holds, so that its reader knows. */
export function describeScope(host: HostReader, container: string | undefined): string {
  if (!host.isOwn) {
    if (isThisKernel(host)) return `the host below ${host.root} (network and mounts of its process 1)`;
    return `a capture, or another kernel's files, below ${host.root}`;
  }
  if (container === undefined) return 'this host';
  const own = OWN_PROC.get(container);
  if (own !== undefined) return own;
  if (hasLxcfs(host)) {
    return "a container: CPU and memory as lxcfs shows them, disks are the host's, network and mounts the container's";
  }
  return "a container: CPU, memory and disks are the host's, network and mounts the container's";
}

/** lxcfs mounts files of its own over those of /proc, which show the container's share. */
function hasLxcfs(host: HostReader): boolean {
  const mounts = optionalFact(() => host.readText('/proc/self/mountinfo')) ?? '';
  return / \/proc\/\w+ .* - fuse\.lxcfs /.test(mounts);
}
