/**
 * /proc/mdstat: software RAID arrays, their disks, and what is being done to them.
 * Documentation/admin-guide/md.rst; drivers/md/md.c, md_seq_show().
 *
 *     Personalities : [raid1]
 *     md0 : active raid1 sdb1[1] sda1[0](F)
 *           104320 blocks super 1.2 [2/1] [_U]
 *           [==>..................]  recovery = 12.6% (37043392/292945152) finish=127.5min speed=33440K/sec
 *
 * Arrays go by the names of diskstats. An array that lost its last disk is `broken` since 5.4.
 */
import { deviceNames } from '../../block-device-names.ts';
import { renewedScan } from '../../scan/scanner.ts';
import { scannedFile } from '../../scanned-file.ts';
import type { Source } from '../../types.ts';
import { mdFields } from './fields.ts';
import { mdstatScanner } from './parse.ts';

export const mdstatSource: Source = {
  name: 'mdstat',
  groups: [{ group: 'md', device: 'between', fields: mdFields }],
  ...scannedFile('/proc/mdstat', mdstatScanner, {
    live: (host, settings) => renewedScan(() => mdstatScanner(deviceNames(host, settings))),
  }),
};
