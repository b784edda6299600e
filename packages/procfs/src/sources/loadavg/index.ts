/**
 * /proc/loadavg: load averages and the number of tasks.
 * Documentation/filesystems/proc.rst, table 1-5; fs/proc/loadavg.c.
 *
 *     0.20 0.18 0.12 1/80 11206
 */
import { scannedFile } from '../../scanned-file.ts';
import type { Source } from '../../types.ts';
import { loadFields, processFields } from './fields.ts';
import { loadavgScanner } from './parse.ts';

export const loadavgSource: Source = {
  name: 'loadavg',
  groups: [
    { group: 'loadavg', device: 'none', fields: loadFields },
    { group: 'processes', device: 'none', fields: processFields },
  ],
  ...scannedFile('/proc/loadavg', loadavgScanner, { shape: 'one record' }),
};
