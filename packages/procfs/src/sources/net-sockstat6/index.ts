/**
 * /proc/net/sockstat6: how many sockets of IPv6 there are, and what they hold.
 * net/ipv6/proc.c, sockstat6_seq_show().
 *
 *     TCP6: inuse 3
 *
 * Absent where IPv6 is off. What does not depend on the version of IP (orphans, memory) stands in the table of IPv4.
 */
import { namedValuesScanner } from '../../scan/named-values.ts';
import { networkPaths, scannedFile } from '../../scanned-file.ts';
import type { GroupSpec, Source } from '../../types.ts';
import { sockstat6Fields } from './fields.ts';

const PATH = '/proc/net/sockstat6';
const group: GroupSpec = { group: 'sockstat6', device: 'none', fields: sockstat6Fields };

export const sockstat6Source: Source = {
  name: 'net/sockstat6',
  groups: [group],
  ...scannedFile(PATH, () => namedValuesScanner(PATH, group), { paths: networkPaths(PATH), shape: 'one record' }),
};
