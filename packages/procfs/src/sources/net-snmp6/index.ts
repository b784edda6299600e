/**
 * /proc/net/snmp6: what IPv6, ICMPv6 and UDP over IPv6 counted in this network namespace.
 * Documentation/networking/snmp_counter.rst; net/ipv6/proc.c.
 *
 *     Ip6InReceives                   	6
 *     Udp6InErrors                    	0
 *
 * Absent where IPv6 is off (ipv6.disable=1). TCP counts both versions of IP together, with those of IPv4.
 */
import { networkPaths, scannedFile } from '../../scanned-file.ts';
import type { Source } from '../../types.ts';
import { groups, snmp6Scanner } from './parse.ts';

const PATH = '/proc/net/snmp6';

export const snmp6Source: Source = {
  name: 'net/snmp6',
  groups,
  ...scannedFile(PATH, snmp6Scanner, { paths: networkPaths(PATH), shape: 'one record' }),
};
