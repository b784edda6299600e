/**
 * /proc/net/softnet_stat: packets that each CPU took from its queues, and where it fell behind.
 * net/core/net-procfs.c, softnet_seq_show(); Documentation/networking/scaling.rst.
 *
 *     00039cbc 00000000 00000001 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000001 …
 *
 * A line for each CPU that is on line. 9 columns; 10 since 2.6.35 (received_rps); 11 since 3.11 (flow limit); 13 since 5.10
 * (length of the backlog, number of the CPU; RHEL 8.5 too); 15 in later kernels of version 6, which divide the backlog.
 */
import { networkPaths, scannedFile } from '../../scanned-file.ts';
import type { Source } from '../../types.ts';
import { softnetFields } from './fields.ts';
import { softnetScanner } from './parse.ts';

const PATH = '/proc/net/softnet_stat';

export const softnetSource: Source = {
  name: 'net/softnet_stat',
  groups: [
    { group: 'softnet', device: 'none', fields: softnetFields },
    { group: 'softnet', device: 'glued', fields: softnetFields, isLast: true },
  ],
  ...scannedFile(PATH, softnetScanner, { paths: networkPaths(PATH), shape: 'short lines' }),
};
