/**
 * /proc/schedstat: how long tasks ran and how long they waited for a CPU.
 * Documentation/scheduler/sched-stats.rst; kernel/sched/stats.c.
 *
 *     version 15
 *     timestamp 4297299139
 *     cpu0 0 0 0 0 0 0 6116958247483019 73192741888057 503815982
 *     domain0 f 0 0 0 …
 *
 * Times are nanoseconds, whatever the document says of jiffies. Version 15 since 2.6.38; 16 and 17, of kernels 6, changed the
 * lines of the domains alone. Absent without CONFIG_SCHEDSTATS. These three are counted also where kernel.sched_schedstats
 * is 0; the other columns then stand still. CPUs that are off line have no line.
 */
import { scannedFile } from '../../scanned-file.ts';
import type { Source } from '../../types.ts';
import { schedFields } from './fields.ts';
import { schedstatScanner } from './parse.ts';

export const schedstatSource: Source = {
  name: 'schedstat',
  groups: [
    { group: 'schedstat', device: 'none', fields: schedFields },
    { group: 'schedstat', device: 'glued', fields: schedFields, isLast: true },
  ],
  ...scannedFile('/proc/schedstat', schedstatScanner),
};
