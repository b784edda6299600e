import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';
import { parseStatfs } from './parse.ts';

function ok(name: string, text: string, want: Fields): void {
  test(name, () => {
    expect(parseStatfs(text)).toStrictEqual(want);
  });
}

function bad(name: string, text: string, message: RegExp): void {
  test(name, () => {
    expect(() => parseStatfs(text)).toThrow(ParseError);
    expect(() => parseStatfs(text)).toThrow(message);
  });
}

/** As perfcollector2 recorded them on an Azure machine. */
const PERFCOLLECTOR2 = `{"mount_point":"/","block_size":4096,"blocks_total":7466684,"blocks_free":6506420,"blocks_available":6506420}
{"mount_point":"/boot/efi","block_size":8192,"blocks_total":65500,"blocks_free":65118,"blocks_available":65117}
`;

describe('statfs lines are read', () => {
  ok('as nothing when empty', '', {});
  ok('as nothing when blank', ' \n\n', {});

  ok("of perfcollector2's form, without inodes", PERFCOLLECTOR2, {
    'fs_/_block_size': 4096,
    'fs_/_blocks_total': 7466684,
    'fs_/_blocks_free': 6506420,
    'fs_/_blocks_available': 6506420,
    'fs_/boot/efi_block_size': 8192,
    'fs_/boot/efi_blocks_total': 65500,
    'fs_/boot/efi_blocks_free': 65118,
    'fs_/boot/efi_blocks_available': 65117,
  });

  ok('with inodes', '{"mount_point":"/srv","files_total":131072,"files_free":0}', {
    'fs_/srv_files_total': 131072,
    'fs_/srv_files_free': 0,
  });

  ok('with members in any order, and others passed over', '{"files_free":1,"type":"xfs","mount_point":"/a","x":{}}', {
    'fs_/a_files_free': 1,
  });

  ok(
    'with any name that a mount point can have',
    String.raw`{"mount_point":"/a b\n\t\\é_blocks_free","files_free":2}`,
    {
      'fs_/a b\n\t\\é_blocks_free_files_free': 2,
    },
  );

  ok('with counts above 2^53 as decimal strings', '{"mount_point":"/","blocks_total":"18446744073709551615"}', {
    'fs_/_blocks_total': '18446744073709551615',
  });

  ok('without a count where none is given', '{"mount_point":"/"}\n', {});
});

describe('statfs lines are refused', () => {
  bad('when one is cut off', `${PERFCOLLECTOR2}{"mount_point":"/mnt","blo`, /statfs, line 3: got "\{\\"mount_point/);
  bad(
    'when one is no JSON',
    '{"mount_point":"/"}\n/dev/sda1 10 20\n',
    /line 2: got "\/dev\/sda1 10 20"; expected \{"mount/,
  );
  bad('when one is a list', '[{"mount_point":"/"}]', /line 1/);
  bad('when one is a bare value', 'null', /line 1: got "null"/);
  bad('when the mount point is missing', '{"block_size":4096}', /line 1/);
  bad('when the mount point is empty', '{"mount_point":"","block_size":4096}', /line 1/);
  bad('when the mount point is no text', '{"mount_point":5,"block_size":4096}', /line 1/);
  bad('when a count is negative', '{"mount_point":"/","blocks_free":-1}', /line 1/);
  bad('when a count is a fraction', '{"mount_point":"/","blocks_free":0.5}', /line 1/);
  bad('when a count is no number', '{"mount_point":"/","blocks_free":"many"}', /line 1/);
  bad('when a count is null', '{"mount_point":"/","blocks_free":null}', /line 1/);
});
