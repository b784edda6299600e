import type { FieldSpec } from '../../types.ts';

/**
 * The columns after the device's name, in the kernel's order. A sector is 512 bytes whatever the disk's own size is.
 * The millisecond columns are 32 bits wide in the kernel's output.
 */
export const diskFields: readonly FieldSpec[] = [
  { stat: 'reads', kernel: 'read I/Os', unit: 'count', kind: 'counter', about: 'Reads completed.' },
  { stat: 'reads_merged', kernel: 'read merges', unit: 'count', kind: 'counter', about: 'Reads merged into a neighbouring one before they were issued.' },
  { stat: 'read_sectors', kernel: 'read sectors', unit: 'sectors', kind: 'counter', about: 'Sectors of 512 bytes read.' },
  { stat: 'read_ms', kernel: 'read ticks', unit: 'ms', kind: 'counter', wraps32: true, about: 'Time that reads took, added up over all of them.' },
  { stat: 'writes', kernel: 'write I/Os', unit: 'count', kind: 'counter', about: 'Writes completed.' },
  { stat: 'writes_merged', kernel: 'write merges', unit: 'count', kind: 'counter', about: 'Writes merged into a neighbouring one before they were issued.' },
  { stat: 'write_sectors', kernel: 'write sectors', unit: 'sectors', kind: 'counter', about: 'Sectors of 512 bytes written.' },
  { stat: 'write_ms', kernel: 'write ticks', unit: 'ms', kind: 'counter', wraps32: true, about: 'Time that writes took, added up over all of them.' },
  { stat: 'in_flight', kernel: 'in_flight', unit: 'count', kind: 'gauge', about: 'Requests issued to the device and not completed.' },
  { stat: 'io_ms', kernel: 'io_ticks', unit: 'ms', kind: 'counter', wraps32: true, about: 'Time during which the device had at least one request: per second, its utilisation.' },
  { stat: 'weighted_io_ms', kernel: 'time_in_queue', unit: 'ms', kind: 'counter', wraps32: true, about: 'Time that requests waited and were served, added up: per second, the mean queue length.' },
  { stat: 'discards', kernel: 'discard I/Os', unit: 'count', kind: 'counter', since: '4.18', about: 'Discards (TRIM) completed.' },
  { stat: 'discards_merged', kernel: 'discard merges', unit: 'count', kind: 'counter', since: '4.18', about: 'Discards merged into a neighbouring one.' },
  { stat: 'discard_sectors', kernel: 'discard sectors', unit: 'sectors', kind: 'counter', since: '4.18', about: 'Sectors of 512 bytes discarded.' },
  { stat: 'discard_ms', kernel: 'discard ticks', unit: 'ms', kind: 'counter', wraps32: true, since: '4.18', about: 'Time that discards took, added up over all of them.' },
  { stat: 'flushes', kernel: 'flush I/Os', unit: 'count', kind: 'counter', since: '5.5', about: 'Cache flushes completed; not counted for partitions.' },
  { stat: 'flush_ms', kernel: 'flush ticks', unit: 'ms', kind: 'counter', wraps32: true, since: '5.5', about: 'Time that cache flushes took, added up over all of them.' },
];

/** Partitions of kernels before 2.6.25 have only these four columns. */
export const oldPartitionStats = ['reads', 'read_sectors', 'writes', 'write_sectors'];
