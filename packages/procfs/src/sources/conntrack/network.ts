import { SourceError } from '../../errors.ts';
import type { HostReader } from '../../types.ts';

/**
 * Whether /proc/sys/net below the host's root is that of the host. It shows the network namespace of whoever reads it
 * (fs/proc/proc_sysctl.c, current->nsproxy), not that of the mount: read below the root of a running host by a container,
 * it would be the container's own. A capture's is what was captured; there neither link is, so that both give the same.
 */
export function showsHostNetwork(host: HostReader): boolean {
  return host.isOwn || namespaceOf(host, 'self') === namespaceOf(host, '1');
}

/** The network namespace of a process, or why it cannot be told. */
function namespaceOf(host: HostReader, process: string): string {
  try {
    return host.readLink(`/proc/${process}/ns/net`);
  } catch (error) {
    if (error instanceof SourceError) return error.reason;
    throw error;
  }
}
