/**
 * /proc/buddyinfo: how fragmented free memory is.
 * Documentation/filesystems/proc.rst; mm/vmstat.c, frag_show().
 *
 *     Node 0, zone   Normal     15      3      2   2007   1984    640    160    186    115     29     89
 */
import { scannedFile } from '../../scanned-file.ts';
import type { Source } from '../../types.ts';
import { buddyFields } from './fields.ts';
import { buddyinfoScanner } from './parse.ts';

export const buddyinfoSource: Source = {
  name: 'buddyinfo',
  isOptional: true,
  groups: [{ group: 'buddy', device: 'between', fields: buddyFields, isLast: true }],
  ...scannedFile('/proc/buddyinfo', buddyinfoScanner),
};
