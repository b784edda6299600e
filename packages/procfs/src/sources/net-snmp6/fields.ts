import type { FieldSpec } from '../../types.ts';

/**
 * The counters of net/ipv6/proc.c, snmp6_ipstats_list[] and the lists behind it; those of IP have 64 bits, others a machine word.
 * Names are the kernel's words in snake_case (`RetransSegs`: `retrans_segs`); a leading TCP is a word of its own.
 */
export const ip6Fields: readonly FieldSpec[] = [
  { stat: 'in_receives', kernel: 'Ip6InReceives', unit: 'count', kind: 'counter', about: 'IPv6 packets received, those with errors included.' },
  { stat: 'in_hdr_errors', kernel: 'Ip6InHdrErrors', unit: 'count', kind: 'counter', about: 'IPv6 packets dropped for an error in their header.' },
  { stat: 'in_too_big_errors', kernel: 'Ip6InTooBigErrors', unit: 'count', kind: 'counter', about: 'IPv6 packets that were too big to forward.' },
  { stat: 'in_no_routes', kernel: 'Ip6InNoRoutes', unit: 'count', kind: 'counter', about: 'IPv6 packets dropped because there is no route to their destination.' },
  { stat: 'in_addr_errors', kernel: 'Ip6InAddrErrors', unit: 'count', kind: 'counter', about: 'IPv6 packets dropped because their destination is not valid here.' },
  { stat: 'in_unknown_protos', kernel: 'Ip6InUnknownProtos', unit: 'count', kind: 'counter', about: 'IPv6 packets dropped because nothing takes their protocol.' },
  { stat: 'in_truncated_pkts', kernel: 'Ip6InTruncatedPkts', unit: 'count', kind: 'counter', about: 'IPv6 packets dropped because they were shorter than they said.' },
  { stat: 'in_discards', kernel: 'Ip6InDiscards', unit: 'count', kind: 'counter', about: 'Valid IPv6 packets dropped on the way in, for want of memory for example.' },
  { stat: 'in_delivers', kernel: 'Ip6InDelivers', unit: 'count', kind: 'counter', about: 'IPv6 packets delivered to a protocol above.' },
  { stat: 'out_forw_datagrams', kernel: 'Ip6OutForwDatagrams', unit: 'count', kind: 'counter', about: 'IPv6 packets forwarded.' },
  { stat: 'out_requests', kernel: 'Ip6OutRequests', unit: 'count', kind: 'counter', about: 'IPv6 packets that the protocols above asked to be sent.' },
  { stat: 'out_discards', kernel: 'Ip6OutDiscards', unit: 'count', kind: 'counter', about: 'Valid IPv6 packets dropped on the way out.' },
  { stat: 'out_no_routes', kernel: 'Ip6OutNoRoutes', unit: 'count', kind: 'counter', about: 'IPv6 packets not sent because there is no route to their destination.' },
  { stat: 'reasm_timeout', kernel: 'Ip6ReasmTimeout', unit: 'count', kind: 'counter', about: 'Times that the fragments of an IPv6 packet did not all come in time.' },
  { stat: 'reasm_reqds', kernel: 'Ip6ReasmReqds', unit: 'count', kind: 'counter', about: 'IPv6 fragments that had to be put together.' },
  { stat: 'reasm_oks', kernel: 'Ip6ReasmOKs', unit: 'count', kind: 'counter', about: 'IPv6 packets put together from fragments.' },
  { stat: 'reasm_fails', kernel: 'Ip6ReasmFails', unit: 'count', kind: 'counter', about: 'Failures to put an IPv6 packet together from fragments.' },
  { stat: 'frag_oks', kernel: 'Ip6FragOKs', unit: 'count', kind: 'counter', about: 'IPv6 packets cut into fragments.' },
  { stat: 'frag_fails', kernel: 'Ip6FragFails', unit: 'count', kind: 'counter', about: 'IPv6 packets dropped because they had to be cut into fragments and could not be.' },
  { stat: 'frag_creates', kernel: 'Ip6FragCreates', unit: 'count', kind: 'counter', about: 'IPv6 fragments made.' },
  { stat: 'in_mcast_pkts', kernel: 'Ip6InMcastPkts', unit: 'count', kind: 'counter', about: 'IPv6 multicast packets received.' },
  { stat: 'out_mcast_pkts', kernel: 'Ip6OutMcastPkts', unit: 'count', kind: 'counter', about: 'IPv6 multicast packets sent.' },
  { stat: 'in_octets', kernel: 'Ip6InOctets', unit: 'bytes', kind: 'counter', about: 'Bytes of IPv6 packets received.' },
  { stat: 'out_octets', kernel: 'Ip6OutOctets', unit: 'bytes', kind: 'counter', about: 'Bytes of IPv6 packets sent.' },
  { stat: 'in_no_ect_pkts', kernel: 'Ip6InNoECTPkts', unit: 'count', kind: 'counter', since: '3.12', about: 'IPv6 packets received whose sender does not take part in congestion notification.' },
  { stat: 'in_ce_pkts', kernel: 'Ip6InCEPkts', unit: 'count', kind: 'counter', since: '3.12', about: 'IPv6 packets received that a router marked as congested.' },
  { stat: 'out_transmits', kernel: 'Ip6OutTransmits', unit: 'count', kind: 'counter', since: '6.7', about: 'IPv6 packets handed to the link layer, forwarded ones and fragments included.' },
];

export const icmp6Fields: readonly FieldSpec[] = [
  { stat: 'in_msgs', kernel: 'Icmp6InMsgs', unit: 'count', kind: 'counter', wraps32: true, about: 'ICMPv6 messages received, those with errors included.' },
  { stat: 'in_errors', kernel: 'Icmp6InErrors', unit: 'count', kind: 'counter', wraps32: true, about: 'ICMPv6 messages received with an error.' },
  { stat: 'out_msgs', kernel: 'Icmp6OutMsgs', unit: 'count', kind: 'counter', wraps32: true, about: 'ICMPv6 messages sent.' },
  { stat: 'out_errors', kernel: 'Icmp6OutErrors', unit: 'count', kind: 'counter', wraps32: true, about: 'ICMPv6 messages that could not be sent.' },
  { stat: 'in_csum_errors', kernel: 'Icmp6InCsumErrors', unit: 'count', kind: 'counter', wraps32: true, about: 'ICMPv6 messages received with a bad checksum.' },
  { stat: 'out_rate_limit_host', kernel: 'Icmp6OutRateLimitHost', unit: 'count', kind: 'counter', since: '6.3', wraps32: true, about: 'ICMPv6 messages not sent because of the limit for one receiver.' },
  { stat: 'in_dest_unreachs', kernel: 'Icmp6InDestUnreachs', unit: 'count', kind: 'counter', wraps32: true, about: 'Destination-unreachable messages received.' },
  { stat: 'in_pkt_too_bigs', kernel: 'Icmp6InPktTooBigs', unit: 'count', kind: 'counter', wraps32: true, about: 'Packet-too-big messages received.' },
  { stat: 'in_time_excds', kernel: 'Icmp6InTimeExcds', unit: 'count', kind: 'counter', wraps32: true, about: 'Time-exceeded messages received.' },
  { stat: 'in_parm_problems', kernel: 'Icmp6InParmProblems', unit: 'count', kind: 'counter', wraps32: true, about: 'Parameter-problem messages received.' },
  { stat: 'in_echos', kernel: 'Icmp6InEchos', unit: 'count', kind: 'counter', wraps32: true, about: 'Echo requests (pings) received.' },
  { stat: 'in_echo_replies', kernel: 'Icmp6InEchoReplies', unit: 'count', kind: 'counter', wraps32: true, about: 'Echo replies received.' },
  { stat: 'in_router_advertisements', kernel: 'Icmp6InRouterAdvertisements', unit: 'count', kind: 'counter', wraps32: true, about: 'Router advertisements received.' },
  { stat: 'in_neighbor_solicits', kernel: 'Icmp6InNeighborSolicits', unit: 'count', kind: 'counter', wraps32: true, about: 'Neighbour solicitations received.' },
  { stat: 'in_neighbor_advertisements', kernel: 'Icmp6InNeighborAdvertisements', unit: 'count', kind: 'counter', wraps32: true, about: 'Neighbour advertisements received.' },
  { stat: 'in_redirects', kernel: 'Icmp6InRedirects', unit: 'count', kind: 'counter', wraps32: true, about: 'Redirect messages received.' },
  { stat: 'out_dest_unreachs', kernel: 'Icmp6OutDestUnreachs', unit: 'count', kind: 'counter', wraps32: true, about: 'Destination-unreachable messages sent.' },
  { stat: 'out_pkt_too_bigs', kernel: 'Icmp6OutPktTooBigs', unit: 'count', kind: 'counter', wraps32: true, about: 'Packet-too-big messages sent.' },
  { stat: 'out_time_excds', kernel: 'Icmp6OutTimeExcds', unit: 'count', kind: 'counter', wraps32: true, about: 'Time-exceeded messages sent.' },
  { stat: 'out_echos', kernel: 'Icmp6OutEchos', unit: 'count', kind: 'counter', wraps32: true, about: 'Echo requests sent.' },
  { stat: 'out_echo_replies', kernel: 'Icmp6OutEchoReplies', unit: 'count', kind: 'counter', wraps32: true, about: 'Echo replies sent.' },
  { stat: 'out_router_solicits', kernel: 'Icmp6OutRouterSolicits', unit: 'count', kind: 'counter', wraps32: true, about: 'Router solicitations sent.' },
  { stat: 'out_neighbor_solicits', kernel: 'Icmp6OutNeighborSolicits', unit: 'count', kind: 'counter', wraps32: true, about: 'Neighbour solicitations sent.' },
  { stat: 'out_neighbor_advertisements', kernel: 'Icmp6OutNeighborAdvertisements', unit: 'count', kind: 'counter', wraps32: true, about: 'Neighbour advertisements sent.' },
];

export const udp6Fields: readonly FieldSpec[] = [
  { stat: 'in_datagrams', kernel: 'Udp6InDatagrams', unit: 'count', kind: 'counter', wraps32: true, about: 'Datagrams delivered to a socket.' },
  { stat: 'no_ports', kernel: 'Udp6NoPorts', unit: 'count', kind: 'counter', wraps32: true, about: 'Datagrams received for a port on which nothing listens.' },
  { stat: 'in_errors', kernel: 'Udp6InErrors', unit: 'count', kind: 'counter', wraps32: true, about: 'Datagrams received that could not be delivered for another reason.' },
  { stat: 'out_datagrams', kernel: 'Udp6OutDatagrams', unit: 'count', kind: 'counter', wraps32: true, about: 'Datagrams sent.' },
  { stat: 'rcvbuf_errors', kernel: 'Udp6RcvbufErrors', unit: 'count', kind: 'counter', wraps32: true, about: 'Datagrams dropped because the receive buffer of the socket was full.' },
  { stat: 'sndbuf_errors', kernel: 'Udp6SndbufErrors', unit: 'count', kind: 'counter', wraps32: true, about: 'Datagrams not sent for want of send buffer or memory.' },
  { stat: 'in_csum_errors', kernel: 'Udp6InCsumErrors', unit: 'count', kind: 'counter', wraps32: true, about: 'Datagrams received with a bad checksum.' },
  { stat: 'ignored_multi', kernel: 'Udp6IgnoredMulti', unit: 'count', kind: 'counter', since: '3.19', wraps32: true, about: 'Multicast and broadcast datagrams that no socket wanted.' },
  { stat: 'mem_errors', kernel: 'Udp6MemErrors', unit: 'count', kind: 'counter', since: '5.11', wraps32: true, about: 'Datagrams dropped because the memory limit of the protocol was reached.' },
];
