import { describe, expect, test } from 'vitest';
import { ParseError } from './errors.ts';
import { type Mount, parseMountinfo } from './mountinfo.ts';

/** What most cases are about. */
type Said = Omit<Mount, 'id' | 'parent' | 'options'>;

function ok(name: string, text: string, want: Said[]): void {
  test(name, () => {
    expect(parseMountinfo(text).map(({ id, parent, options, ...said }) => said)).toStrictEqual(want);
  });
}

function bad(name: string, text: string, message: RegExp): void {
  test(name, () => {
    expect(() => parseMountinfo(text)).toThrow(ParseError);
    expect(() => parseMountinfo(text)).toThrow(message);
  });
}

const ROOT = { device: '8:1', root: '/', mountPoint: '/', type: 'ext4' };

describe('mountinfo is read', () => {
  ok('as nothing when empty', '', []);
  ok('as nothing when blank', '\n \n', []);
  ok('without optional fields', '31 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n', [ROOT]);
  ok('with one optional field', '31 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n', [ROOT]);
  ok('with several optional fields', '31 1 8:1 / / rw shared:1 master:2 propagate_from:3 - ext4 /dev/sda1 rw\n', [
    ROOT,
  ]);
  ok('with an empty mount source', '31 1 8:1 / / rw -  ext4  rw\n', [ROOT]);
  ok('without the columns after the type', '31 1 8:1 / / rw - ext4', [ROOT]);
  ok('with a mount point named -', '31 1 8:1 / - rw shared:1 - ext4 - rw\n', [{ ...ROOT, mountPoint: '-' }]);
  ok('with a type that has a subtype', '40 31 0:50 / /net rw - fuse.sshfs host: rw\n', [
    { device: '0:50', root: '/', mountPoint: '/net', type: 'fuse.sshfs' },
  ]);
  ok('with blanks, tabs, line feeds, backslashes and # in names', escapes(), [
    { device: '8:2', root: '/a b', mountPoint: '/x y\tz\n\\w#', type: 'ext4' },
  ]);
  ok('with names that only look escaped', String.raw`1 2 8:2 / /a\134040\018 rw - ext4 s rw`, [
    { device: '8:2', root: '/', mountPoint: String.raw`/a\040\018`, type: 'ext4' },
  ]);
  ok('with names beyond ASCII', '1 2 8:2 / /données/資料 rw - ext4 s rw\n', [
    { device: '8:2', root: '/', mountPoint: '/données/資料', type: 'ext4' },
  ]);
  ok(
    'with namespaces, whose root is no path',
    '540 28 0:4 net:[4026532402] /run/netns/a rw shared:250 - nsfs nsfs rw\n',
    [{ device: '0:4', root: 'net:[4026532402]', mountPoint: '/run/netns/a', type: 'nsfs' }],
  );
});

test('mountinfo tells which mount stands on which', () => {
  const text = '31 1 8:1 / / rw - ext4 /dev/sda1 rw\n40 31 8:2 / /data rw - xfs /dev/sdb rw\n';
  expect(parseMountinfo(text).map(({ id, parent }) => [id, parent])).toStrictEqual([
    ['31', '1'],
    ['40', '31'],
  ]);
});

test.each([
  ['31 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw,errors=remount-ro', 'rw,errors=remount-ro'],
  ['24 18 0:24 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpuacct,cpu', 'rw,cpuacct,cpu'],
  ['31 1 8:1 / / rw -  cgroup  rw,memory', 'rw,memory'],
  ['31 1 8:1 / / rw - ext4', ''],
])("mountinfo tells the file system's own options: %s", (text, options) => {
  expect(parseMountinfo(text)).toMatchObject([{ options }]);
});

describe('mountinfo is refused', () => {
  const good = '31 1 8:1 / / rw - ext4 /dev/sda1 rw\n';
  bad(
    'when cut off before the type',
    `${good}32 31 0:5 / /dev rw -`,
    /\/proc\/self\/mountinfo, line 2: got "32 31 0:5/,
  );
  bad('when cut off within the options', `${good}32 31 0:5 / /dev`, /line 2/);
  bad('when the lone - is missing', '31 1 8:1 / / rw shared:1 ext4 /dev/sda1 rw\n', /line 1/);
  bad('when the device has no colon', '31 1 81 / / rw - ext4 /dev/sda1 rw\n', /line 1/);
  bad('when it is /proc/mounts', '/dev/sda1 / ext4 rw,relatime 0 0\n', /expected "36 35 98:0 \/root/);
});

function escapes(): string {
  return String.raw`1 2 8:2 /a\040b /x\040y\011z\012\134w\043 rw - ext4 /dev/sdb rw`;
}
