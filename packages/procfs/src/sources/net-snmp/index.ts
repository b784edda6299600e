/**
 * /proc/net/snmp: what IPv4, ICMP, TCP and UDP counted in this network namespace.
 * Documentation/networking/snmp_counter.rst; net/ipv4/proc.c.
 *
 *     Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens …
 *     Tcp: 1 200 120000 -1 898 689 …
 *
 * Newer kernels add columns. MaxConn alone may be negative; it and the other settings (Forwarding, RtoMin) are no fields.
 */
import { networkPaths, scannedFile } from '../../scanned-file.ts';
import type { Source } from '../../types.ts';
import { groups, snmpScanner } from './parse.ts';

const PATH = '/proc/net/snmp';

export const snmpSource: Source = {
  name: 'net/snmp',
  groups: Object.values(groups),
  ...scannedFile(PATH, snmpScanner, { paths: networkPaths(PATH), shape: 'one record' }),
};
