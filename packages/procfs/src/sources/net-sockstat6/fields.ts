import type { FieldSpec } from '../../types.ts';

/** The kernel's word is that of the line and that of the value; the 6 stands in the group's name already. */
export const sockstat6Fields: readonly FieldSpec[] = [
  { stat: 'tcp_inuse', kernel: 'TCP6: inuse', unit: 'count', kind: 'gauge', about: 'TCP sockets over IPv6 that are bound or connected, listening ones included.' },
  { stat: 'udp_inuse', kernel: 'UDP6: inuse', unit: 'count', kind: 'gauge', about: 'UDP sockets over IPv6 that are bound.' },
  { stat: 'udplite_inuse', kernel: 'UDPLITE6: inuse', unit: 'count', kind: 'gauge', about: 'UDP-Lite sockets over IPv6 that are bound.' },
  { stat: 'raw_inuse', kernel: 'RAW6: inuse', unit: 'count', kind: 'gauge', about: 'Raw sockets over IPv6.' },
  { stat: 'frag_inuse', kernel: 'FRAG6: inuse', unit: 'count', kind: 'gauge', about: 'IPv6 packets that wait for more of their fragments.' },
  { stat: 'frag_memory', kernel: 'FRAG6: memory', unit: 'bytes', kind: 'gauge', about: 'Memory that those hold.' },
];
