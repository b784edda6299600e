import { describe, expect, test } from 'vitest';
import { readDisks } from './disks.ts';
import { hostOf } from './test-host.ts';

function disk(name: string, more: Record<string, string> = {}): Record<string, string> {
  const members = { size: '2048\n', 'queue/rotational': '0\n', 'queue/logical_block_size': '512\n', ...more };
  return Object.fromEntries(Object.entries(members).map(([path, text]) => [`/sys/block/${name}/${path}`, text]));
}

const plain = { size_bytes: 1048576, rotational: false, logical_block: 512 };

describe('disks', () => {
  test('of hardware have a model, and a vendor where it is a name', () => {
    const host = hostOf({
      ...disk('sda', {
        'device/model': 'ST8000NM0055-1RM\n',
        'device/vendor': 'ATA     \n',
        'queue/rotational': '1\n',
      }),
      ...disk('vda', { 'device/vendor': '0x1af4\n' }),
      ...disk('mmcblk0', { 'device/name': 'SD32G\n' }),
    });
    expect(readDisks(host).disks).toStrictEqual([
      { name: 'mmcblk0', model: 'SD32G', ...plain },
      { name: 'sda', model: 'ST8000NM0055-1RM', vendor: 'ATA', ...plain, rotational: true },
      { name: 'vda', ...plain },
    ]);
  });

  test('are read through links as they are in /sys, too', () => {
    const files = { '/sys/devices/pci0/ata1/block/sda/size': '8\n', '/sys/devices/pci0/ata1/model': 'WDC WD40\n' };
    const host = hostOf(files, {
      '/sys/block/sda': '../devices/pci0/ata1/block/sda',
      '/sys/devices/pci0/ata1/block/sda/device': '../..',
    });
    expect(readDisks(host)).toStrictEqual({ disks: [{ name: 'sda', model: 'WDC WD40', size_bytes: 4096 }] });
  });

  test('made of others come last, with the name that lasts', () => {
    const host = hostOf({
      ...disk('dm-0', { 'dm/name': 'vg0-root\n' }),
      ...disk('md127', { dev: '9:127\n' }),
      ...disk('nvme10n1'),
      ...disk('nvme2n1'),
      '/run/udev/data/b9:127': 'S:md/data\nE:MD_LEVEL=raid1\nE:MD_DEVNAME=data\nG:systemd\n',
    });
    expect(readDisks(host).disks).toStrictEqual([
      { name: 'nvme2n1', ...plain },
      { name: 'nvme10n1', ...plain },
      { name: 'dm-0', label: 'vg0-root', ...plain },
      { name: 'md127', label: 'data', ...plain },
    ]);
  });

  test.each([
    'luks-3f1c9a7b-2d44-4c1e-9d6a-0f6a7c9e1b22',
    'ceph--3f1c9a7b--2d44--4c1e--9d6a--0f6a7c9e1b22-osd--block--3f1c9a7b',
    '3600508b400105e210000900000490000',
  ])('have no label that identifies the machine: %s', (label) => {
    expect(readDisks(hostOf(disk('dm-0', { 'dm/name': label }))).disks).toStrictEqual([{ name: 'dm-0', ...plain }]);
  });

  test.each(['loop0', 'ram1', 'zram0', 'sr0', 'fd0', 'mmcblk0boot0', 'mmcblk0rpmb'])('are not %s', (name) => {
    expect(readDisks(hostOf(disk(name)))).toStrictEqual({});
  });

  test('are not empty card readers, unconnected nbd, or one path of several', () => {
    const host = hostOf({
      ...disk('sdb', { size: '0\n' }),
      ...disk('nbd0', { size: '0\n' }),
      ...disk('nvme0c0n1', { hidden: '1\n' }),
    });
    expect(readDisks(host)).toStrictEqual({});
  });

  test('have no fact that cannot be read, or is no number', () => {
    const host = hostOf({ '/sys/block/sda/size': 'lots\n', '/sys/block/sda/queue/rotational': '' });
    expect(readDisks(host)).toStrictEqual({ disks: [{ name: 'sda' }] });
  });

  test('beyond 256 are counted, those made of others first', () => {
    const names = Array.from({ length: 140 }, (_, at) => [`nvme${at}n1`, `dm-${at}`]).flat();
    const host = hostOf(Object.fromEntries(names.map((name) => [`/sys/block/${name}/size`, '8\n'])));
    const { disks: listed = [], disks_left_out } = readDisks(host);
    expect(listed).toHaveLength(256);
    expect(listed.filter(({ name }) => name.startsWith('nvme'))).toHaveLength(140);
    expect(disks_left_out).toBe(24);
  });
});
