import type { FieldSpec } from '../../types.ts';

/** The columns after the interface's name, in the kernel's order: eight received, eight sent. 32-bit kernels count packets in 32 bits. */
export const netFields: readonly FieldSpec[] = [
  { stat: 'rx_bytes', kernel: 'Receive bytes', unit: 'bytes', kind: 'counter', about: 'Bytes received.' },
  { stat: 'rx_packets', kernel: 'Receive packets', unit: 'count', kind: 'counter', wraps32: true, about: 'Packets received.' },
  { stat: 'rx_errs', kernel: 'Receive errs', unit: 'count', kind: 'counter', about: 'Receive errors of any kind that the driver saw.' },
  { stat: 'rx_drop', kernel: 'Receive drop', unit: 'count', kind: 'counter', about: 'Packets received and dropped for want of room or of a taker.' },
  { stat: 'rx_fifo', kernel: 'Receive fifo', unit: 'count', kind: 'counter', about: 'Receive FIFO overruns.' },
  { stat: 'rx_frame', kernel: 'Receive frame', unit: 'count', kind: 'counter', about: 'Framing errors: length, overrun, CRC and alignment.' },
  { stat: 'rx_compressed', kernel: 'Receive compressed', unit: 'count', kind: 'counter', about: 'Compressed packets received (PPP, SLIP).' },
  { stat: 'rx_multicast', kernel: 'Receive multicast', unit: 'count', kind: 'counter', about: 'Multicast packets received.' },
  { stat: 'tx_bytes', kernel: 'Transmit bytes', unit: 'bytes', kind: 'counter', about: 'Bytes sent.' },
  { stat: 'tx_packets', kernel: 'Transmit packets', unit: 'count', kind: 'counter', wraps32: true, about: 'Packets sent.' },
  { stat: 'tx_errs', kernel: 'Transmit errs', unit: 'count', kind: 'counter', about: 'Transmit errors of any kind that the driver saw.' },
  { stat: 'tx_drop', kernel: 'Transmit drop', unit: 'count', kind: 'counter', about: 'Packets dropped on their way out.' },
  { stat: 'tx_fifo', kernel: 'Transmit fifo', unit: 'count', kind: 'counter', about: 'Transmit FIFO errors.' },
  { stat: 'tx_colls', kernel: 'Transmit colls', unit: 'count', kind: 'counter', about: 'Collisions.' },
  { stat: 'tx_carrier', kernel: 'Transmit carrier', unit: 'count', kind: 'counter', about: 'Carrier losses and other errors: aborted, window, heartbeat.' },
  { stat: 'tx_compressed', kernel: 'Transmit compressed', unit: 'count', kind: 'counter', about: 'Compressed packets sent (PPP, SLIP).' },
];
