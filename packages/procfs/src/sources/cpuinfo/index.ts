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
import { readDetails } from './details.ts';
import { parseCpuinfo } from './parse.ts';

const PATH = '/proc/cpuinfo';

export const cpuinfoSource: Source = {
  name: 'cpuinfo',
  subsystem: PATH,
  groups: [],
  parse: (text) => {
    parseCpuinfo(text);
    return {};
  },
  facts: readDetails,
  open: (host) => ({
    sample() {}, // on x86 its text makes the kernel measure each CPU's frequency: too dear for a tick
    rawTexts: () => [{ subsystem: PATH, text: host.readText(PATH) }],
    close() {},
  }),
};
