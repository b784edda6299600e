/**
 * /proc/net/sockstat: how many sockets of IPv4 there are, and what they hold.
 * net/ipv4/proc.c, sockstat_seq_show().
 *
 *     TCP: inuse 5 orphan 0 tw 4 alloc 17 mem 2
 *
 * tcp_orphan, tcp_alloc and the memory are those of the whole host, the rest is of this network namespace.
 */
import { namedValuesScanner } from '../../scan/named-values.ts';
import { networkPaths, scannedFile } from '../../scanned-file.ts';
import type { GroupSpec, Source } from '../../types.ts';
import { sockstatFields } from './fields.ts';

const PATH = '/proc/net/sockstat';
const group: GroupSpec = { group: 'sockstat', device: 'none', fields: sockstatFields };

export const sockstatSource: Source = {
  name: 'net/sockstat',
  groups: [group],
  ...scannedFile(PATH, () => namedValuesScanner(PATH, group), { paths: networkPaths(PATH), shape: 'one record' }),
};
