import { describe, expect, test } from 'vitest';
import { deviceNames } from './block-device-names.ts';
import { openHost } from './reader.ts';
import { FieldCollector } from './scan/field-sink.ts';
import { diskstatsSource } from './sources/diskstats/index.ts';
import { type TestRoot, testRoot } from './test-root.ts';
import { allSettings, plainSettings, sampleOf } from './test-sampling.ts';

/** The names that a host's devices get, in this order. */
function named(host: TestRoot, devices: Record<string, string>, settings = plainSettings): (string | undefined)[] {
  const nameDevice = deviceNames(openHost(host.root), settings);
  return Object.entries(devices).map(([name, number]) => nameDevice({ name, number }));
}

describe('a block device is called', () => {
  test('what people called it where the kernel numbers it', () => {
    const host = testRoot({
      '/sys/block/dm-0/dm/name': 'rl-root\n',
      '/run/udev/data/b253:1': 'S:mapper/x\nE:DM_NAME=vg--a-home\nE:DM_UUID=LVM-1\n',
      '/run/udev/data/b9:127': 'E:MD_LEVEL=raid1\nE:MD_DEVNAME=data\n',
    });
    const devices = { 'dm-0': '253:0', 'dm-1': '253:1', 'dm-2': '253:2', md127: '9:127', md126: '9:126', sda: '8:0' };
    expect(named(host, devices)).toStrictEqual(['rl-root', 'vg--a-home', 'dm-2', 'data', 'md126', 'sda']);
  });

  test('what stands in /dev/mapper where the name has a blank', () => {
    const host = testRoot({ '/sys/block/dm-0/dm/name': 'my\\x20disk\n' });
    expect(named(host, { 'dm-0': '253:0' })).toStrictEqual(['my\\x20disk']);
  });

  test('by its number where its name is the kernel name of another disk', () => {
    const host = testRoot({
      '/sys/block/dm-0/dm/name': 'sda\n',
      '/sys/class/block/sda/size': '1\n',
      '/sys/block/dm-1/dm/name': 'cciss/c0d0\n',
      '/sys/class/block/cciss!c0d0/size': '1\n',
    });
    const devices = { 'dm-0': '253:0', 'dm-1': '253:1', 'cciss/c0d0': '104:0' };
    expect(named(host, devices)).toStrictEqual(['dm-0', 'dm-1', 'cciss/c0d0']);
  });

  test('by its number where another device has its name', () => {
    const host = testRoot({
      '/sys/block/dm-0/dm/name': 'data\n',
      '/sys/class/block/dm-0/size': '1\n',
      '/run/udev/data/b9:0': 'E:MD_DEVNAME=data\n',
    });
    const devices = { 'dm-0': '253:0', md0: '9:0' };
    expect(named(host, devices)).toStrictEqual(['data', 'md0']);
    const nameDevice = deviceNames(openHost(host.root), plainSettings);
    nameDevice({ name: 'dm-0', number: '253:0' });
    host.remove('/sys/class/block/dm-0');
    expect(nameDevice({ name: 'md0', number: '9:0' })).toBe('data');
  });

  test('nothing where it is a loop, ram or zram disk that nobody asked for', () => {
    const devices = { loop0: '7:0', loop0p1: '259:0', ram0: '1:0', zram0: '252:0', loopy: '8:0' };
    const all = ['loop0', 'loop0p1', 'ram0', 'zram0', 'loopy'];
    expect(named(testRoot(), devices)).toStrictEqual([undefined, undefined, undefined, undefined, 'loopy']);
    expect(named(testRoot(), devices, allSettings)).toStrictEqual(all);
  });
});

describe('the disks of a host', () => {
  test('are sampled under those names, paths of a namespace beside it', async () => {
    const host = testRoot({
      '/proc/diskstats': ' 259 0 nvme0n1 5\n 259 1 nvme0c0n1 5\n 253 0 dm-0 4\n 104 0 cciss/c0d0 3\n 7 0 loop0 1\n',
      '/sys/block/dm-0/dm/name': 'vg-data\n',
    });
    const { fields } = await sampleOf(diskstatsSource, openHost(host.root));
    expect(fields).toStrictEqual({
      disk_nvme0n1_reads: 5,
      disk_nvme0c0n1_reads: 5,
      'disk_vg-data_reads': 4,
      'disk_cciss/c0d0_reads': 3,
    });
  });

  test('get a new name where another device came under an old number', async () => {
    const host = testRoot({
      '/proc/diskstats': ' 8 0 sda 1\n 253 0 dm-0 4\n',
      '/sys/block/dm-0/dm/name': 'first\n',
    });
    const open = diskstatsSource.open?.(openHost(host.root), plainSettings);
    const sample = async () => {
      const tick = new FieldCollector();
      await open?.sample(tick, () => {});
      return Object.keys(tick.fields);
    };
    expect(await sample()).toStrictEqual(['disk_sda_reads', 'disk_first_reads']);
    host.put('/proc/diskstats', ' 8 0 sda 1\n');
    host.put('/sys/block/dm-0/dm/name', 'second\n');
    expect(await sample()).toStrictEqual(['disk_sda_reads']);
    host.put('/proc/diskstats', ' 8 0 sda 1\n 253 0 dm-0 9\n');
    expect(await sample()).toStrictEqual(['disk_sda_reads', 'disk_second_reads']);
  });
});
