/**
 * /proc/pressure/{cpu,memory,io,irq}: how much of the time tasks were stalled for want of a resource.
 * Documentation/accounting/psi.rst; kernel/sched/psi.c.
 *
 *     some avg10=0.12 avg60=0.34 avg300=0.40 total=9899281
 *     full avg10=0.00 avg60=0.05 avg300=0.06 total=5464973
 *
 * Since 4.20; absent without CONFIG_PSI, and with psi=0 each file says EOPNOTSUPP. `full` of cpu since 5.13; irq, which has
 * `full` alone, since 6.1 where the kernel accounts interrupt time.
 */
import { deviceFiles } from '../../device-files.ts';
import type { Source } from '../../types.ts';
import { pressureFields } from './fields.ts';
import { parsePressure, pressureScanner } from './parse.ts';

const DIRECTORY = '/proc/pressure';
const RESOURCES = ['cpu', 'memory', 'io', 'irq'];
const paths = new Set(RESOURCES.map((resource) => `${DIRECTORY}/${resource}`));

export const pressureSource: Source = {
  name: 'pressure',
  subsystem: DIRECTORY,
  groups: [{ group: 'pressure', device: 'between', fields: pressureFields }],
  isSubsystem: (subsystem) => paths.has(subsystem),
  parse: parsePressure,
  open: (host) =>
    deviceFiles(host, () => {
      const names = host.list(DIRECTORY);
      const found = RESOURCES.filter((resource) => names.includes(resource)).map((name) => `${DIRECTORY}/${name}`);
      return found.map((path) => ({ path, scan: pressureScanner(path) }));
    }),
};
