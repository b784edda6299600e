/**
 * /proc/vmstat: counters of the memory management.
 * mm/vmstat.c, vmstat_text[]; Documentation/filesystems/proc.rst.
 *
 *     nr_free_pages 2976245
 *     pgfault 1523402
 *
 * Names come and go with kernel version and configuration.
 */
import { scannedFile } from '../../scanned-file.ts';
import type { Source } from '../../types.ts';
import { vmFields } from './fields.ts';
import { describeUnlisted, vmstatScanner } from './parse.ts';

export const vmstatSource: Source = {
  name: 'vmstat',
  groups: [{ group: 'vm', device: 'none', fields: vmFields, describe: describeUnlisted, isLast: true }],
  ...scannedFile('/proc/vmstat', vmstatScanner, { shape: 'short lines' }),
};
