/**
 * /proc/net/dev: traffic and errors of the network interfaces of one network namespace.
 * Documentation/filesystems/proc.rst, section 1.5; net/core/net-procfs.c.
 *
 *     Inter-|   Receive                            …|  Transmit
 *      face |bytes    packets errs drop …
 *       eth0: 359485514  549361    0    0 …
 */
import { networkPaths, scannedFile } from '../../scanned-file.ts';
import type { Source } from '../../types.ts';
import { netFields } from './fields.ts';
import { netDevScanner } from './parse.ts';
import { rebuildNetDev } from './rebuild.ts';

export const netDevSource: Source = {
  name: 'net/dev',
  groups: [{ group: 'net', device: 'between', fields: netFields }],
  ...scannedFile('/proc/net/dev', netDevScanner, {
    paths: networkPaths('/proc/net/dev'),
    // In a container its own interface is the far end of a pair, but it is not called veth there.
    live: (_, { include }) => netDevScanner((name) => include.has('veth') || !name.startsWith('veth')),
    isRaw: true,
    shape: 'short lines',
    rebuild: rebuildNetDev,
  }),
};
