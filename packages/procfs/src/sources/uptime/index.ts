/**
 * /proc/uptime: time since boot, and idle time of all CPUs.
 * Documentation/filesystems/proc.rst, table 1-5; fs/proc/uptime.c.
 *
 *     350735.47 234388.90
 */
import { scannedFile } from '../../scanned-file.ts';
import type { Source } from '../../types.ts';
import { uptimeFields } from './fields.ts';
import { uptimeScanner } from './parse.ts';

export const uptimeSource: Source = {
  name: 'uptime',
  groups: [{ group: 'uptime', device: 'none', fields: uptimeFields }],
  ...scannedFile('/proc/uptime', uptimeScanner, { shape: 'one record' }),
};
