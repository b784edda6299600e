/**
 * /sys/devices/system/node/node<n>/numastat and meminfo: memory of each NUMA node, and where it was allocated from.
 * Documentation/admin-guide/numastat.rst; drivers/base/node.c.
 *
 *     numa_hit 29687270
 *     Node 0 MemTotal:        6513220 kB
 *
 * A machine without NUMA has one node.
 */
import { type DeviceFile, deviceFiles } from '../../device-files.ts';
import type { HostReader, Source } from '../../types.ts';
import { allocationFields, nodeMemoryFields } from './fields.ts';
import { nodeMeminfoScanner, numastatScanner } from './parse.ts';

const NODES = '/sys/devices/system/node';

export const numastatSource: Source = {
  name: 'numastat',
  subsystem: NODES,
  groups: [{ group: 'numa', device: 'glued', fields: [...allocationFields, ...nodeMemoryFields], isLast: true }],
  open: (host) => deviceFiles(host, () => nodeFiles(host)),
};

function nodeFiles(host: HostReader): DeviceFile[] {
  return host.list(NODES).flatMap((entry) => {
    const node = /^node(\d+)$/.exec(entry)?.[1];
    if (node === undefined) return [];
    return [
      { path: `${NODES}/${entry}/numastat`, scan: numastatScanner(node) },
      { path: `${NODES}/${entry}/meminfo`, scan: nodeMeminfoScanner(node) },
    ];
  });
}
