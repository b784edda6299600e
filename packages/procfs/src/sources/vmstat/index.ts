/**
 * /proc/vmstat: counters of the memory management.
 * mm/vmstat.c, vmstat_text[]; Documentation/filesystems/proc.rst.
 *
 *     nr_free_pages 2976245
 *     pgfault 1523402
 *
 * Names come and go with kernel version and configuration.
 */
import type { Source } from '../../types.ts';
import { vmFields } from './fields.ts';
import { describeUnlisted, parseVmstat } from './parse.ts';

export const vmstatSource: Source = {
  name: 'vmstat',
  subsystem: '/proc/vmstat',
  groups: [{ group: 'vm', device: 'none', fields: vmFields, describe: describeUnlisted, isLast: true }],
  parse: parseVmstat,
  open: (host) => () => host.readText('/proc/vmstat'),
};
