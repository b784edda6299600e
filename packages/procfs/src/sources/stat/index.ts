/**
 * /proc/stat: CPU time, interrupts, context switches, forks.
 * Documentation/filesystems/proc.rst, section 1.7; fs/proc/stat.c.
 *
 *     cpu  223485 12 45678 9876543 1234 0 567 89 0 0
 *     cpu0 …
 *     intr 1462898 …   ctxt 115315   btime 769041601   processes 86031   procs_running 1   procs_blocked 0
 *
 * steal since 2.6.11, guest since 2.6.24, guest_nice since 2.6.33. CPUs that are off line have no line.
 */
import { scannedFile } from '../../scanned-file.ts';
import type { Source } from '../../types.ts';
import { cpuFields, cpuShares, cpuSharesWithin, softirqFields, statFields } from './fields.ts';
import { statScanner } from './parse.ts';
import { rebuildStat } from './rebuild.ts';

const cpuGroup = { group: 'cpu', fields: cpuFields, shares: cpuShares, sharesWithin: cpuSharesWithin };

export const statSource: Source = {
  name: 'stat',
  groups: [
    { ...cpuGroup, device: 'none' },
    { group: 'stat', device: 'none', fields: [...statFields, ...softirqFields] },
    { ...cpuGroup, device: 'glued', isLast: true },
  ],
  ...scannedFile('/proc/stat', statScanner, { isRaw: true, shape: 'one record', rebuild: rebuildStat }),
};
