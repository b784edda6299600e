/**
 * /proc/sys/kernel/random/{entropy_avail,poolsize}: whether random numbers may be slow to come.
 * drivers/char/random.c; man 4 random.
 *
 *     256
 *
 * Since 5.6 reading random numbers waits for the generator to be ready once after boot, and never again.
 */
import { deviceFiles } from '../../device-files.ts';
import { singleCountScanner } from '../../scan/single-value.ts';
import type { Source } from '../../types.ts';
import { entropyFields } from './fields.ts';

const DIRECTORY = '/proc/sys/kernel/random';

export const entropySource: Source = {
  name: 'entropy',
  subsystem: DIRECTORY,
  groups: [{ group: 'entropy', device: 'none', fields: entropyFields }],
  open: (host) =>
    deviceFiles(host, () => {
      const names = host.list(DIRECTORY);
      const found = entropyFields.filter(({ kernel }) => names.includes(kernel));
      return found.map(({ stat, kernel }) => {
        const path = `${DIRECTORY}/${kernel}`;
        return { path, scan: singleCountScanner(path, `entropy_${stat}`) };
      });
    }),
};
