import type { FieldSpec } from '../../types.ts';

/** The kernel's word is that of the line and that of the value; names are both in small letters. */
export const sockstatFields: readonly FieldSpec[] = [
  { stat: 'sockets_used', kernel: 'sockets: used', unit: 'count', kind: 'gauge', about: 'Sockets of all kinds that exist.' },
  { stat: 'tcp_inuse', kernel: 'TCP: inuse', unit: 'count', kind: 'gauge', about: 'TCP sockets over IPv4 that are bound or connected, listening ones included.' },
  { stat: 'tcp_orphan', kernel: 'TCP: orphan', unit: 'count', kind: 'gauge', about: 'TCP sockets that no process holds any more, of both versions of IP.' },
  { stat: 'tcp_tw', kernel: 'TCP: tw', unit: 'count', kind: 'gauge', about: 'TCP connections in TIME-WAIT.' },
  { stat: 'tcp_alloc', kernel: 'TCP: alloc', unit: 'count', kind: 'gauge', about: 'TCP sockets allocated in any state, of both versions of IP.' },
  { stat: 'tcp_mem', kernel: 'TCP: mem', unit: 'pages', kind: 'gauge', about: 'Memory that TCP sockets hold for data.' },
  { stat: 'udp_inuse', kernel: 'UDP: inuse', unit: 'count', kind: 'gauge', about: 'UDP sockets over IPv4 that are bound.' },
  { stat: 'udp_mem', kernel: 'UDP: mem', unit: 'pages', kind: 'gauge', about: 'Memory that UDP sockets hold for data.' },
  { stat: 'udplite_inuse', kernel: 'UDPLITE: inuse', unit: 'count', kind: 'gauge', about: 'UDP-Lite sockets over IPv4 that are bound.' },
  { stat: 'raw_inuse', kernel: 'RAW: inuse', unit: 'count', kind: 'gauge', about: 'Raw sockets over IPv4.' },
  { stat: 'frag_inuse', kernel: 'FRAG: inuse', unit: 'count', kind: 'gauge', about: 'IPv4 packets that wait for more of their fragments.' },
  { stat: 'frag_memory', kernel: 'FRAG: memory', unit: 'bytes', kind: 'gauge', about: 'Memory that those hold.' },
];
