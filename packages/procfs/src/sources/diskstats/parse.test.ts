import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';
import { parseDiskstats } from './parse.ts';

function ok(name: string, text: string, want: Fields): void {
  test(name, () => {
    expect(parseDiskstats(text)).toStrictEqual(want);
  });
}

function bad(name: string, text: string, message: RegExp): void {
  test(name, () => {
    expect(() => parseDiskstats(text)).toThrow(ParseError);
    expect(() => parseDiskstats(text)).toThrow(message);
  });
}

/** Documentation/admin-guide/iostats.rst, fields 1 to 17. */
const COLUMNS = [
  ...['reads', 'reads_merged', 'read_sectors', 'read_ms', 'writes', 'writes_merged', 'write_sectors', 'write_ms'],
  ...['in_flight', 'io_ms', 'weighted_io_ms', 'discards', 'discards_merged', 'discard_sectors', 'discard_ms'],
  ...['flushes', 'flush_ms'],
];

/** The first columns of a device, numbered 1, 2, 3 … */
function numbered(device: string, columns: number): Fields {
  return Object.fromEntries(COLUMNS.slice(0, columns).map((stat, at) => [`disk_${device}_${stat}`, at + 1]));
}

function counts(columns: number): string {
  return Array.from({ length: columns }, (_, at) => at + 1).join(' ');
}

describe('/proc/diskstats is read', () => {
  ok('as nothing when empty', '', {});
  ok('as nothing when blank', '\n \t\n', {});
  ok('with 14 columns', `   8       0 sda ${counts(11)}\n`, numbered('sda', 11));
  ok('with 18 columns (4.18, discards)', `   8       0 sda ${counts(15)}\n`, numbered('sda', 15));
  ok('with 20 columns (5.5, flushes)', ` 259       0 nvme0n1 ${counts(17)}\n`, numbered('nvme0n1', 17));
  ok('with newer columns passed over', ` 8 0 sda ${counts(21)}\n`, numbered('sda', 17));
  ok('cut off within a line, without what is missing', ' 8 0 sda 1 2', numbered('sda', 2));

  ok('with the four columns of old partitions', '   3    1 hda1 10 20 30 40\n   3    0 hda 1 2 3 4 5\n', {
    disk_hda1_reads: 10,
    disk_hda1_read_sectors: 20,
    disk_hda1_writes: 30,
    disk_hda1_write_sectors: 40,
    ...numbered('hda', 5),
  });

  ok('with devices named otherwise than sda', names(), {
    'disk_cciss/c0d0_reads': 1,
    'disk_cciss/c0d0p1_reads': 2,
    'disk_dm-0_reads': 3,
    disk_md127_reads: 4,
    disk_mmcblk0boot0_reads: 5,
    disk_my_disk_reads: 6,
    disk_42_reads: 7,
  });

  ok('with counts above 2^53 exact', ' 8 0 sda 9007199254740993 9007199254740991 18446744073709551615\n', {
    disk_sda_reads: '9007199254740993',
    disk_sda_reads_merged: 9007199254740991,
    disk_sda_read_sectors: '18446744073709551615',
  });

  ok('with a device that has done nothing', ' 7 0 loop0 0\n', { disk_loop0_reads: 0 });
});

describe('/proc/diskstats is refused', () => {
  bad('when a line ends after the major number', ' 8 0 sda 1\n 8\n', /\/proc\/diskstats, line 2: got " 8"/);
  bad('when a line has no name', ' 8 0\n', /line 1: got " 8 0"; expected "<major> <minor> <device>/);
  bad('when a line has no counts', ' 8 0 sda\n', /line 1: got " 8 0 sda"/);
  bad('when the numbers of the device are missing', 'sda 1 2 3 4\n', /line 1/);
  bad('when a count is no number', ' 8 0 sda 1 2 three 4 5\n', /got " 8 0 sda 1 2 three 4 5"/);
  bad('when a count is negative', ' 8 0 sda 1 2 3 -4 5\n', /line 1/);
  bad('when it is another file', 'MemTotal:       16384256 kB\n', /line 1: got "MemTotal/);
});

function names(): string {
  return ` 104       0 cciss/c0d0 1
 104       1 cciss/c0d0p1 2
 253       0 dm-0 3
   9     127 md127 4
 179       8 mmcblk0boot0 5
 250       0 my_disk 6
 251       0 42 7
`;
}
