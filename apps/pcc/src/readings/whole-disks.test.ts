import { expect, test } from 'vitest';
import { wholeDisks } from './whole-disks.ts';

test.each([
  ['a disk and its partitions', ['sda', 'sda1', 'sda2', 'vdb'], ['sda', 'vdb']],
  ['disks whose name ends in a number', ['nvme0n1', 'nvme0n1p1', 'mmcblk0', 'mmcblk0p1'], ['nvme0n1', 'mmcblk0']],
  ['layers above disks', ['dm-0', 'md127', 'loop0', 'zram0', 'vg-root', 'sda'], ['sda']],
  ['a partition without its disk', ['xvda1', 'xvdb', 'xvdb1'], ['xvda1', 'xvdb']],
  ['nothing', [], []],
])('of %s the whole disks count', (_, names, whole) => {
  expect([...wholeDisks(names)]).toEqual(whole);
});
