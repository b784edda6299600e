import type { FieldSpec } from '../../types.ts';

/**
 * The counters of net/ipv4/proc.c, snmp4_ipstats_list[] and the lists behind it; those of IP have 64 bits, others a machine word.
 * Names are the kernel's words in snake_case (`RetransSegs`: `retrans_segs`); a leading TCP is a word of its own.
 */
export const ipFields: readonly FieldSpec[] = [
  { stat: 'in_receives', kernel: 'InReceives', unit: 'count', kind: 'counter', about: 'IPv4 packets received, those with errors included.' },
  { stat: 'in_hdr_errors', kernel: 'InHdrErrors', unit: 'count', kind: 'counter', about: 'IPv4 packets dropped for an error in their header.' },
  { stat: 'in_addr_errors', kernel: 'InAddrErrors', unit: 'count', kind: 'counter', about: 'IPv4 packets dropped because their destination is not valid here.' },
  { stat: 'forw_datagrams', kernel: 'ForwDatagrams', unit: 'count', kind: 'counter', about: 'IPv4 packets forwarded.' },
  { stat: 'in_unknown_protos', kernel: 'InUnknownProtos', unit: 'count', kind: 'counter', about: 'IPv4 packets dropped because nothing takes their protocol.' },
  { stat: 'in_discards', kernel: 'InDiscards', unit: 'count', kind: 'counter', about: 'Valid IPv4 packets dropped on the way in, for want of memory for example.' },
  { stat: 'in_delivers', kernel: 'InDelivers', unit: 'count', kind: 'counter', about: 'IPv4 packets delivered to a protocol above (TCP, UDP, ICMP).' },
  { stat: 'out_requests', kernel: 'OutRequests', unit: 'count', kind: 'counter', about: 'IPv4 packets that the protocols above asked to be sent, forwarded ones not counted.' },
  { stat: 'out_discards', kernel: 'OutDiscards', unit: 'count', kind: 'counter', about: 'Valid IPv4 packets dropped on the way out, for want of memory for example.' },
  { stat: 'out_no_routes', kernel: 'OutNoRoutes', unit: 'count', kind: 'counter', about: 'IPv4 packets dropped because there is no route to their destination.' },
  { stat: 'reasm_timeout', kernel: 'ReasmTimeout', unit: 'count', kind: 'counter', about: 'Times that the fragments of an IPv4 packet did not all come in time.' },
  { stat: 'reasm_reqds', kernel: 'ReasmReqds', unit: 'count', kind: 'counter', about: 'IPv4 fragments that had to be put together.' },
  { stat: 'reasm_oks', kernel: 'ReasmOKs', unit: 'count', kind: 'counter', about: 'IPv4 packets put together from fragments.' },
  { stat: 'reasm_fails', kernel: 'ReasmFails', unit: 'count', kind: 'counter', about: 'Failures to put an IPv4 packet together from fragments.' },
  { stat: 'frag_oks', kernel: 'FragOKs', unit: 'count', kind: 'counter', about: 'IPv4 packets cut into fragments.' },
  { stat: 'frag_fails', kernel: 'FragFails', unit: 'count', kind: 'counter', about: 'IPv4 packets dropped because they had to be cut into fragments and could not be.' },
  { stat: 'frag_creates', kernel: 'FragCreates', unit: 'count', kind: 'counter', about: 'IPv4 fragments made.' },
  { stat: 'out_transmits', kernel: 'OutTransmits', unit: 'count', kind: 'counter', since: '6.7', about: 'IPv4 packets handed to the link layer, forwarded ones and fragments included.' },
];

export const icmpFields: readonly FieldSpec[] = [
  { stat: 'in_msgs', kernel: 'InMsgs', unit: 'count', kind: 'counter', wraps32: true, about: 'ICMP messages received, those with errors included.' },
  { stat: 'in_errors', kernel: 'InErrors', unit: 'count', kind: 'counter', wraps32: true, about: 'ICMP messages received with an error (bad checksum, bad length).' },
  { stat: 'in_csum_errors', kernel: 'InCsumErrors', unit: 'count', kind: 'counter', wraps32: true, about: 'ICMP messages received with a bad checksum.' },
  { stat: 'in_dest_unreachs', kernel: 'InDestUnreachs', unit: 'count', kind: 'counter', wraps32: true, about: 'Destination-unreachable messages received.' },
  { stat: 'in_time_excds', kernel: 'InTimeExcds', unit: 'count', kind: 'counter', wraps32: true, about: 'Time-exceeded messages received.' },
  { stat: 'in_parm_probs', kernel: 'InParmProbs', unit: 'count', kind: 'counter', wraps32: true, about: 'Parameter-problem messages received.' },
  { stat: 'in_redirects', kernel: 'InRedirects', unit: 'count', kind: 'counter', wraps32: true, about: 'Redirect messages received.' },
  { stat: 'in_echos', kernel: 'InEchos', unit: 'count', kind: 'counter', wraps32: true, about: 'Echo requests (pings) received.' },
  { stat: 'in_echo_reps', kernel: 'InEchoReps', unit: 'count', kind: 'counter', wraps32: true, about: 'Echo replies received.' },
  { stat: 'out_msgs', kernel: 'OutMsgs', unit: 'count', kind: 'counter', wraps32: true, about: 'ICMP messages sent, those included that failed.' },
  { stat: 'out_errors', kernel: 'OutErrors', unit: 'count', kind: 'counter', wraps32: true, about: 'ICMP messages that could not be sent for a problem within ICMP.' },
  { stat: 'out_rate_limit_global', kernel: 'OutRateLimitGlobal', unit: 'count', kind: 'counter', since: '6.3', wraps32: true, about: 'ICMP messages not sent because of the limit for all of them.' },
  { stat: 'out_rate_limit_host', kernel: 'OutRateLimitHost', unit: 'count', kind: 'counter', since: '6.3', wraps32: true, about: 'ICMP messages not sent because of the limit for one receiver.' },
  { stat: 'out_dest_unreachs', kernel: 'OutDestUnreachs', unit: 'count', kind: 'counter', wraps32: true, about: 'Destination-unreachable messages sent.' },
  { stat: 'out_time_excds', kernel: 'OutTimeExcds', unit: 'count', kind: 'counter', wraps32: true, about: 'Time-exceeded messages sent.' },
  { stat: 'out_redirects', kernel: 'OutRedirects', unit: 'count', kind: 'counter', wraps32: true, about: 'Redirect messages sent.' },
  { stat: 'out_echos', kernel: 'OutEchos', unit: 'count', kind: 'counter', wraps32: true, about: 'Echo requests sent.' },
  { stat: 'out_echo_reps', kernel: 'OutEchoReps', unit: 'count', kind: 'counter', wraps32: true, about: 'Echo replies sent.' },
];

export const tcpFields: readonly FieldSpec[] = [
  { stat: 'active_opens', kernel: 'ActiveOpens', unit: 'count', kind: 'counter', wraps32: true, about: 'Connections opened from here (SYN sent).' },
  { stat: 'passive_opens', kernel: 'PassiveOpens', unit: 'count', kind: 'counter', wraps32: true, about: 'Connections opened from elsewhere (SYN received).' },
  { stat: 'attempt_fails', kernel: 'AttemptFails', unit: 'count', kind: 'counter', wraps32: true, about: 'Connections that failed before they were established.' },
  { stat: 'estab_resets', kernel: 'EstabResets', unit: 'count', kind: 'counter', wraps32: true, about: 'Established connections that were reset.' },
  { stat: 'curr_estab', kernel: 'CurrEstab', unit: 'count', kind: 'gauge', about: 'Connections in the states ESTABLISHED and CLOSE-WAIT.' },
  { stat: 'in_segs', kernel: 'InSegs', unit: 'count', kind: 'counter', wraps32: true, about: 'Segments received, those with errors included.' },
  { stat: 'out_segs', kernel: 'OutSegs', unit: 'count', kind: 'counter', wraps32: true, about: 'Segments sent, those that held nothing but retransmitted bytes not counted.' },
  { stat: 'retrans_segs', kernel: 'RetransSegs', unit: 'count', kind: 'counter', wraps32: true, about: 'Segments sent again.' },
  { stat: 'in_errs', kernel: 'InErrs', unit: 'count', kind: 'counter', wraps32: true, about: 'Segments received with an error.' },
  { stat: 'out_rsts', kernel: 'OutRsts', unit: 'count', kind: 'counter', wraps32: true, about: 'Segments sent with the RST flag.' },
  { stat: 'in_csum_errors', kernel: 'InCsumErrors', unit: 'count', kind: 'counter', wraps32: true, about: 'Segments received with a bad checksum.' },
];

/** UDP-Lite counts the same. */
export const udpFields: readonly FieldSpec[] = [
  { stat: 'in_datagrams', kernel: 'InDatagrams', unit: 'count', kind: 'counter', wraps32: true, about: 'Datagrams delivered to a socket.' },
  { stat: 'no_ports', kernel: 'NoPorts', unit: 'count', kind: 'counter', wraps32: true, about: 'Datagrams received for a port on which nothing listens.' },
  { stat: 'in_errors', kernel: 'InErrors', unit: 'count', kind: 'counter', wraps32: true, about: 'Datagrams received that could not be delivered for another reason.' },
  { stat: 'out_datagrams', kernel: 'OutDatagrams', unit: 'count', kind: 'counter', wraps32: true, about: 'Datagrams sent.' },
  { stat: 'rcvbuf_errors', kernel: 'RcvbufErrors', unit: 'count', kind: 'counter', wraps32: true, about: 'Datagrams dropped because the receive buffer of the socket was full.' },
  { stat: 'sndbuf_errors', kernel: 'SndbufErrors', unit: 'count', kind: 'counter', wraps32: true, about: 'Datagrams not sent for want of send buffer or memory.' },
  { stat: 'in_csum_errors', kernel: 'InCsumErrors', unit: 'count', kind: 'counter', wraps32: true, about: 'Datagrams received with a bad checksum.' },
  { stat: 'ignored_multi', kernel: 'IgnoredMulti', unit: 'count', kind: 'counter', since: '3.19', wraps32: true, about: 'Multicast and broadcast datagrams that no socket wanted.' },
  { stat: 'mem_errors', kernel: 'MemErrors', unit: 'count', kind: 'counter', since: '5.11', wraps32: true, about: 'Datagrams dropped because the memory limit of the protocol was reached.' },
];
