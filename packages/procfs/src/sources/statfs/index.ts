/**
 * statfs(2) of the real file systems in /proc/self/mountinfo: size, free space, inodes.
 * man 2 statfs, man 3 statvfs; Documentation/filesystems/proc.rst, section 3.5.
 *
 *     {"mount_point":"/","block_size":4096,"blocks_total":7344928,"blocks_free":6449502,"blocks_available":6445406}
 */
import { rawTexts } from '../../scanned-file.ts';
import type { Source } from '../../types.ts';
import { fsFields } from './fields.ts';
import { parseStatfs } from './parse.ts';
import { openStatfs } from './read.ts';
import { rebuildStatfs } from './rebuild.ts';

const SUBSYSTEM = 'statfs[*]';

export const statfsSource: Source = {
  name: 'statfs',
  subsystem: SUBSYSTEM,
  groups: [{ group: 'fs', device: 'between', fields: fsFields }],
  parse: parseStatfs,
  rebuild: (fields) => rawTexts(SUBSYSTEM, rebuildStatfs(fields)),
  open: openStatfs,
};
