import type { FieldSpec } from '../../types.ts';

/** Files of a port's `counters`. */
export const portFields: readonly FieldSpec[] = [
  { stat: 'port_xmit_data', kernel: 'port_xmit_data', unit: 'words', kind: 'counter', about: 'Data sent, in units of 4 bytes (all lanes together).' },
  { stat: 'port_rcv_data', kernel: 'port_rcv_data', unit: 'words', kind: 'counter', about: 'Data received, in units of 4 bytes (all lanes together).' },
  { stat: 'port_xmit_packets', kernel: 'port_xmit_packets', unit: 'count', kind: 'counter', about: 'Packets sent.' },
  { stat: 'port_rcv_packets', kernel: 'port_rcv_packets', unit: 'count', kind: 'counter', about: 'Packets received.' },
  { stat: 'unicast_xmit_packets', kernel: 'unicast_xmit_packets', unit: 'count', kind: 'counter', about: 'Unicast packets sent.' },
  { stat: 'unicast_rcv_packets', kernel: 'unicast_rcv_packets', unit: 'count', kind: 'counter', about: 'Unicast packets received.' },
  { stat: 'multicast_xmit_packets', kernel: 'multicast_xmit_packets', unit: 'count', kind: 'counter', about: 'Multicast packets sent.' },
  { stat: 'multicast_rcv_packets', kernel: 'multicast_rcv_packets', unit: 'count', kind: 'counter', about: 'Multicast packets received.' },
  { stat: 'port_xmit_wait', kernel: 'port_xmit_wait', unit: 'ticks', kind: 'counter', about: "Ticks of the port's clock during which there was data and no credit to send it." },
  { stat: 'port_xmit_discards', kernel: 'port_xmit_discards', unit: 'count', kind: 'counter', about: 'Packets dropped on their way out.' },
  { stat: 'port_xmit_constraint_errors', kernel: 'port_xmit_constraint_errors', unit: 'count', kind: 'counter', about: 'Packets not sent because of partition or raw filtering.' },
  { stat: 'port_rcv_errors', kernel: 'port_rcv_errors', unit: 'count', kind: 'counter', about: 'Packets received with an error.' },
  { stat: 'port_rcv_constraint_errors', kernel: 'port_rcv_constraint_errors', unit: 'count', kind: 'counter', about: 'Packets dropped on arrival because of partition or raw filtering.' },
  { stat: 'port_rcv_remote_physical_errors', kernel: 'port_rcv_remote_physical_errors', unit: 'count', kind: 'counter', about: 'Packets received that were marked bad on the way.' },
  { stat: 'port_rcv_switch_relay_errors', kernel: 'port_rcv_switch_relay_errors', unit: 'count', kind: 'counter', about: 'Packets that the switch could not pass on.' },
  { stat: 'symbol_error', kernel: 'symbol_error', unit: 'count', kind: 'counter', about: 'Minor link errors.' },
  { stat: 'link_error_recovery', kernel: 'link_error_recovery', unit: 'count', kind: 'counter', about: 'Times that the link recovered from an error.' },
  { stat: 'link_downed', kernel: 'link_downed', unit: 'count', kind: 'counter', about: 'Times that the link went down.' },
  { stat: 'local_link_integrity_errors', kernel: 'local_link_integrity_errors', unit: 'count', kind: 'counter', about: 'Times that local errors went over their threshold.' },
  { stat: 'excessive_buffer_overrun_errors', kernel: 'excessive_buffer_overrun_errors', unit: 'count', kind: 'counter', about: 'Times that buffers overran several times in a row.' },
  { stat: 'VL15_dropped', kernel: 'VL15_dropped', unit: 'count', kind: 'counter', about: 'Management packets dropped.' },
];

/** Files of a port's `hw_counters` that RoCE adapters have in common. */
export const hardwareFields: readonly FieldSpec[] = [
  { stat: 'out_of_sequence', kernel: 'out_of_sequence', unit: 'count', kind: 'counter', about: 'Packets that arrived out of order.' },
  { stat: 'out_of_buffer', kernel: 'out_of_buffer', unit: 'count', kind: 'counter', about: 'Packets dropped because the receiver had posted no buffer.' },
  { stat: 'packet_seq_err', kernel: 'packet_seq_err', unit: 'count', kind: 'counter', about: 'Negative acknowledgements for a lost packet.' },
  { stat: 'implied_nak_seq_err', kernel: 'implied_nak_seq_err', unit: 'count', kind: 'counter', about: 'Acknowledgements that imply a lost packet.' },
  { stat: 'duplicate_request', kernel: 'duplicate_request', unit: 'count', kind: 'counter', about: 'Requests that arrived twice.' },
  { stat: 'local_ack_timeout_err', kernel: 'local_ack_timeout_err', unit: 'count', kind: 'counter', about: 'Acknowledgements that did not come in time.' },
  { stat: 'rnr_nak_retry_err', kernel: 'rnr_nak_retry_err', unit: 'count', kind: 'counter', about: 'Retries because the receiver was not ready.' },
  { stat: 'req_transport_retries_exceeded', kernel: 'req_transport_retries_exceeded', unit: 'count', kind: 'counter', about: 'Requests given up after all retries.' },
  { stat: 'np_cnp_sent', kernel: 'np_cnp_sent', unit: 'count', kind: 'counter', about: 'Congestion notifications sent.' },
  { stat: 'np_ecn_marked_roce_packets', kernel: 'np_ecn_marked_roce_packets', unit: 'count', kind: 'counter', about: 'Packets received that were marked for congestion.' },
  { stat: 'rp_cnp_handled', kernel: 'rp_cnp_handled', unit: 'count', kind: 'counter', about: 'Congestion notifications that slowed sending down.' },
  { stat: 'rp_cnp_ignored', kernel: 'rp_cnp_ignored', unit: 'count', kind: 'counter', about: 'Congestion notifications that changed nothing.' },
  { stat: 'roce_adp_retrans', kernel: 'roce_adp_retrans', unit: 'count', kind: 'counter', about: 'Adaptive retransmissions.' },
  { stat: 'roce_slow_restart', kernel: 'roce_slow_restart', unit: 'count', kind: 'counter', about: 'Slow restarts after congestion.' },
  { stat: 'rx_icrc_encapsulated', kernel: 'rx_icrc_encapsulated', unit: 'count', kind: 'counter', about: 'Packets with a wrong checksum.' },
];
