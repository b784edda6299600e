import { mibTableScanner } from '../../scan/mib-table.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import type { GroupSpec } from '../../types.ts';
import { icmpFields, ipFields, tcpFields, udpFields } from './fields.ts';

/** By the word that their lines begin with. */
export const groups = {
  Ip: { group: 'ip', device: 'none', fields: ipFields },
  Icmp: { group: 'icmp', device: 'none', fields: icmpFields },
  Tcp: { group: 'tcp', device: 'none', fields: tcpFields },
  Udp: { group: 'udp', device: 'none', fields: udpFields },
  UdpLite: { group: 'udplite', device: 'none', fields: udpFields, isLast: true },
} as const satisfies Record<string, GroupSpec>;

/** Scans /proc/net/snmp: `ip_in_receives`, `tcp_retrans_segs`, `udp_in_errors`, … @throws ParseError */
export function snmpScanner(): Scan {
  return mibTableScanner('/proc/net/snmp', groups);
}

export const parseSnmp = parserOf(snmpScanner);
