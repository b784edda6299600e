/**
 * /proc/meminfo: how the memory is used.
 * Documentation/filesystems/proc.rst, section 1.4 "meminfo"; fs/proc/meminfo.c.
 *
 *     MemTotal:       16384256 kB
 *     HugePages_Total:       0
 *
 * MemAvailable since 3.14; kernels of some architectures add lines of their own.
 */
import type { Source } from '../../types.ts';
import { memFields } from './fields.ts';
import { parseMeminfo } from './parse.ts';

export const meminfoSource: Source = {
  name: 'meminfo',
  subsystem: '/proc/meminfo',
  groups: [{ group: 'mem', device: 'none', fields: memFields }],
  parse: parseMeminfo,
  open: (host) => () => host.readText('/proc/meminfo'),
};
