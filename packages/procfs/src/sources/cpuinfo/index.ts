/**
 * /proc/cpuinfo: what the processors are. It differs from architecture to architecture.
 * Documentation/filesystems/proc.rst, table 1-5; arch/<arch>/kernel/cpu/proc.c.
 *
 *     processor	: 0
 *     model name	: Intel(R) Xeon(R) Platinum 8272CL CPU @ 2.60GHz
 *
 * It holds facts for a collection's header and no fields of a sample; perfcollector2 records it with every tick.
 */
import type { Source } from '../../types.ts';
import { parseCpuinfo } from './parse.ts';

export const cpuinfoSource: Source = {
  name: 'cpuinfo',
  subsystem: '/proc/cpuinfo',
  groups: [],
  parse: (text) => {
    parseCpuinfo(text);
    return {};
  },
};
