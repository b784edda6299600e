/**
 * /proc/zoneinfo: the memory of each zone of each node, and the marks at which it is reclaimed.
 * Documentation/filesystems/proc.rst; mm/vmstat.c, zoneinfo_show().
 *
 *     Node 0, zone   Normal
 *       pages free     3840
 *             min      39
 *             …
 *             protection: (0, 3017, 6345, 6345, 6345)
 *
 * Since 4.8 what belongs to the node stands before the pages of its first zone. The file grows with zones times CPUs.
 */
import { scannedFile } from '../../scanned-file.ts';
import type { Source } from '../../types.ts';
import { zoneFields } from './fields.ts';
import { zoneinfoScanner } from './parse.ts';

export const zoneinfoSource: Source = {
  name: 'zoneinfo',
  isOptional: true,
  groups: [{ group: 'zone', device: 'between', fields: zoneFields, isLast: true }],
  ...scannedFile('/proc/zoneinfo', zoneinfoScanner),
};
