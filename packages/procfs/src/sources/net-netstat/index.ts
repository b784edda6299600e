/**
 * /proc/net/netstat: what TCP, IPv4 and MPTCP counted beyond their standard in this network namespace.
 * Documentation/networking/snmp_counter.rst; net/ipv4/proc.c; net/mptcp/mib.c.
 *
 *     TcpExt: SyncookiesSent SyncookiesRecv SyncookiesFailed EmbryonicRsts …
 *     TcpExt: 0 0 0 0 …
 *
 * Newer kernels add columns, in the middle too, and take some away; MPTcpExt since 5.6.
 */
import { networkPaths, scannedFile } from '../../scanned-file.ts';
import type { Source } from '../../types.ts';
import { groups, netstatScanner } from './parse.ts';

const PATH = '/proc/net/netstat';

export const netstatSource: Source = {
  name: 'net/netstat',
  groups: Object.values(groups),
  ...scannedFile(PATH, netstatScanner, { paths: networkPaths(PATH), shape: 'one record' }),
};
