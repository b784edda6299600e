/**
 * /proc/diskstats: I/O of block devices and partitions.
 * Documentation/admin-guide/iostats.rst; block/genhd.c, diskstats_show().
 *
 *        8       0 sda 4472 1 570078 12574 2036 823 324991 13471 0 15836 26724 0 0 0 0 100 678
 *
 * 14 columns; 18 since 4.18 (discards); 20 since 5.5 (flushes). Sectors are 512 bytes on every device.
 */
import { deviceNames } from '../../block-device-names.ts';
import { renewedScan } from '../../scan/scanner.ts';
import { scannedFile } from '../../scanned-file.ts';
import type { Source } from '../../types.ts';
import { diskFields } from './fields.ts';
import { diskstatsScanner } from './parse.ts';
import { rebuildDiskstats } from './rebuild.ts';

export const diskstatsSource: Source = {
  name: 'diskstats',
  groups: [{ group: 'disk', device: 'between', fields: diskFields }],
  ...scannedFile('/proc/diskstats', diskstatsScanner, {
    live: (host, settings) => renewedScan(() => diskstatsScanner(deviceNames(host, settings))),
    isRaw: true,
    shape: 'short lines',
    rebuild: rebuildDiskstats,
  }),
};
