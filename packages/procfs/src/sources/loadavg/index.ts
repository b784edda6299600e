/**
 * /proc/loadavg: load averages and the number of tasks.
 * Documentation/filesystems/proc.rst, table 1-5; fs/proc/loadavg.c.
 *
 *     0.20 0.18 0.12 1/80 11206
 */
import type { Source } from '../../types.ts';
import { loadFields, processFields } from './fields.ts';
import { parseLoadavg } from './parse.ts';

export const loadavgSource: Source = {
  name: 'loadavg',
  subsystem: '/proc/loadavg',
  groups: [
    { group: 'loadavg', device: 'none', fields: loadFields },
    { group: 'processes', device: 'none', fields: processFields },
  ],
  parse: parseLoadavg,
  open: (host) => () => host.readText('/proc/loadavg'),
};
