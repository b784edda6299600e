import { describe, expect, test } from 'vitest';
import { openHost } from './reader.ts';
import { testRoot } from './test-root.ts';
import { blockDeviceKind, wholeDisks } from './whole-disks.ts';

describe('a block device is', () => {
  const kinds = {
    disk: 'sda sdaa hda vdb xvda dasdb nvme0n1 nvme10n2 mmcblk0 mmcblk0boot0 cciss/c0d0 rd/c0d1 nbd0 rbd12 pmem0 sr0 fd0',
    partition: 'sda1 sdaa15 xvda1 vda3 dasda1 nvme0n1p2 mmcblk0p1 cciss/c0d0p1 nbd0p1 rbd0p2',
    path: 'nvme0c0n1 nvme3c12n2',
    layer: 'dm-0 md127 md127p1 loop0 zram0 ram3 bcache0 drbd1 rl-root my\\x20disk data vg-sda zd16',
  };
  const cases = Object.entries(kinds).flatMap(([kind, names]) => names.split(' ').map((name) => ({ kind, name })));

  test.each(cases)('a $kind: $name', ({ name, kind }) => {
    expect(blockDeviceKind(name)).toBe(kind);
  });

  test('what /sys says where the name says another thing', () => {
    const { root } = testRoot({
      '/sys/class/block/xvda1/size': '100\n',
      '/sys/class/block/xvdb1/partition': '1\n',
      '/sys/class/block/cciss!c0d0p1/partition': '1\n',
      '/sys/class/block/nbd0/slaves/sda/size': '1\n',
    });
    const host = openHost(root);
    expect(blockDeviceKind('xvdb1', host)).toBe('partition');
    expect(blockDeviceKind('cciss/c0d0p1', host)).toBe('partition');
    expect(blockDeviceKind('nbd0', host)).toBe('layer');
    expect(blockDeviceKind('sdz', host)).toBe('disk');
  });
});

describe('I/O counts once over', () => {
  const cases: [string, string, string][] = [
    ['disks without their partitions', 'sda sda1 sda2 sdb', 'sda sdb'],
    [
      'disks without what is made of them',
      'nvme0n1 nvme0n1p1 nvme1n1 md127 rl-root dm-1 loop0 zram0',
      'nvme0n1 nvme1n1',
    ],
    [
      'the paths of a namespace, whose own counts may be 0',
      'nvme0n1 nvme0n1p1 nvme0c0n1 nvme0c1n1',
      'nvme0c0n1 nvme0c1n1',
    ],
    ['one namespace with paths and another without', 'nvme0n1 nvme0c0n1 nvme1n1', 'nvme0c0n1 nvme1n1'],
    ['partitions that came without their disk', 'xvda1 xvda2 xvdb xvdb1', 'xvda1 xvda2 xvdb'],
    ['the disks that multipath joins', 'sda sdb mpatha mpatha1', 'sda sdb'],
    ['nothing where there is nothing', '', ''],
  ];

  test.each(cases)('%s', (_, names, want) => {
    expect([...wholeDisks(names.split(' '))].join(' ')).toBe(want);
  });
});
