/**
 * /proc/meminfo: how the memory is used.
 * Documentation/filesystems/proc.rst, section 1.4 "meminfo"; fs/proc/meminfo.c.
 *
 *     MemTotal:       16384256 kB
 *     HugePages_Total:       0
 *
 * MemAvailable since 3.14; kernels of some architectures add lines of their own.
 */
import { scannedFile } from '../../scanned-file.ts';
import type { Source } from '../../types.ts';
import { memFields } from './fields.ts';
import { meminfoScanner } from './parse.ts';
import { rebuildMeminfo } from './rebuild.ts';

export const meminfoSource: Source = {
  name: 'meminfo',
  groups: [{ group: 'mem', device: 'none', fields: memFields }],
  ...scannedFile('/proc/meminfo', meminfoScanner, { isRaw: true, shape: 'one record', rebuild: rebuildMeminfo }),
};
