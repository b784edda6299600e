/**
 * /proc/self/mountstats: each NFS mount of this mount namespace: bytes, connections, READ and WRITE.
 * fs/proc_namespace.c; fs/nfs/super.c, nfs_show_stats(); net/sunrpc/stats.c.
 *
 *     device nas:/export mounted on /home/nfs with fstype nfs4 statvers=1.1
 *     	age:	7343
 *     	bytes:	1057408 4096 0 0 1057408 4096 259 1
 *     	xprt:	tcp 832 0 1 0 11 9 9 0 9 0 2 0 0
 *     	        READ: 15 16 0 2520 1057408 3 12 16 0
 *
 * The kernel prints what it has counted and asks no server, so a server that does not answer does not hold this up.
 * Where nothing of NFS is mounted the list is read once a minute.
 */
import { parserOf } from '../../scan/scanner.ts';
import type { HostReader, OpenSource, Source } from '../../types.ts';
import { mountFields } from './fields.ts';
import { mountstatsScanner } from './parse.ts';

const PATH = '/proc/self/mountstats';

export const mountstatsSource: Source = {
  name: 'mountstats',
  subsystem: PATH,
  groups: [{ group: 'nfsmount', device: 'between', fields: mountFields, isLast: true }],
  parse: parserOf(mountstatsScanner),
  open: openMountstats,
};

/** How long a host without NFS is left alone, milliseconds: the list of a host with thousands of mounts takes long. */
const LOOK_AGAIN_MS = 60_000;

function openMountstats(host: HostReader): OpenSource {
  // Below another root `self` is this process, in this one's mount namespace.
  const file = host.open(...(host.isOwn ? [PATH] : ['/proc/1/mountstats', PATH]));
  const scan = mountstatsScanner();
  let restUntil = 0;
  return {
    sample(sink) {
      if (performance.now() < restUntil) return;
      const end = file.read();
      if (hasNfs(file.bytes.subarray(0, end))) scan(file.bytes, end, sink);
      else restUntil = performance.now() + LOOK_AGAIN_MS;
    },
    close: () => file.close(),
  };
}

function hasNfs(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(' with fstype nfs');
}
