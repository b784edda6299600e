import { mibTableScanner } from '../../scan/mib-table.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import type { GroupSpec } from '../../types.ts';
import { ipExtFields, mptcpExtFields, tcpExtFields } from './fields.ts';

/** By the word that their lines begin with. */
export const groups = {
  TcpExt: { group: 'tcpext', device: 'none', fields: tcpExtFields, isLast: true },
  IpExt: { group: 'ipext', device: 'none', fields: ipExtFields, isLast: true },
  MPTcpExt: { group: 'mptcpext', device: 'none', fields: mptcpExtFields, isLast: true },
} as const satisfies Record<string, GroupSpec>;

/** Scans /proc/net/netstat: `tcpext_listen_drops`, `ipext_in_octets`, … @throws ParseError */
export function netstatScanner(): Scan {
  return mibTableScanner('/proc/net/netstat', groups);
}

export const parseNetstat = parserOf(netstatScanner);
