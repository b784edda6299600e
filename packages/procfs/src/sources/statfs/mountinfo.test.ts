import { describe, expect, test } from 'vitest';
import { ParseError } from '../../errors.ts';
import { type Mount, parseMountinfo, realMounts } from './mountinfo.ts';

/** What is said of a mount besides its number and its parent's. */
type Said = Omit<Mount, 'id' | 'parent'>;

function ok(name: string, text: string, want: Said[]): void {
  test(name, () => {
    expect(parseMountinfo(text).map(({ id, parent, ...said }) => said)).toStrictEqual(want);
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
  ok('with blanks, tabs, line feeds and backslashes in names', escapes(), [
    { device: '8:2', root: '/a b', mountPoint: '/x y\tz\n\\w', type: 'ext4' },
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

describe('real file systems', () => {
  test.each(['autofs', 'tmpfs', 'overlay', 'squashfs', 'proc', 'sysfs', 'cgroup2', 'devtmpfs', 'nsfs', 'fuse.lxcfs'])(
    'do not include %s',
    (type) => {
      expect(chosen(['8:1 / / ext4', `0:40 / /x ${type}`])).toStrictEqual(['/']);
    },
  );

  test.each(['ext4', 'xfs', 'btrfs', 'vfat', 'zfs', 'nfs', 'nfs4', 'cifs', 'f2fs', 'fuse.sshfs', 'fuseblk'])(
    'include %s',
    (type) => {
      expect(chosen(['8:1 / / ext4', `0:40 / /x ${type}`])).toStrictEqual(['/', '/x']);
    },
  );

  test('count once when a bind mount shows a part of them elsewhere', () => {
    expect(chosen(['8:1 / / ext4', '8:1 /srv/www /var/www ext4'])).toStrictEqual(['/']);
    expect(chosen(['8:1 /www /w ext4', '8:1 / /mnt/whole ext4'])).toStrictEqual(['/mnt/whole']);
  });

  test('count once when they are mounted whole twice, by the shorter path', () => {
    expect(chosen(['8:1 / /mnt/long ext4', '8:1 / /mnt ext4', '8:1 / /mnt/other ext4'])).toStrictEqual(['/mnt']);
  });

  test('count once when only parts of them are mounted, by the shorter path', () => {
    expect(chosen(['0:44 /@data/.snap /data/.snap btrfs', '0:44 /@data /data btrfs'])).toStrictEqual(['/data']);
  });

  test('that another one was mounted over are left out', () => {
    expect(realMounts(mounts(['8:1 / /mnt ext4', '8:2 / /mnt xfs']))).toMatchObject([{ device: '8:2' }]);
  });

  test('that are below a directory that another one was mounted over are left out', () => {
    expect(chosen(['8:1 / / ext4', '8:2 / /a ext4', '8:3 / /a/b xfs', '0:9 / /a tmpfs'])).toStrictEqual(['/']);
    expect(chosen(['8:1 / / ext4', '8:2 / /a ext4', '0:9 / /a tmpfs', '8:3 / /a/b xfs'])).toStrictEqual(['/', '/a/b']);
  });

  test('that a pseudo file system was mounted over are left out', () => {
    expect(chosen(['8:1 / / ext4', '8:2 / /mnt xfs', '0:9 / /mnt tmpfs'])).toStrictEqual(['/']);
  });

  test('that came up behind an automount are kept', () => {
    expect(chosen(['0:36 / /boot autofs', '8:2 / /boot vfat'])).toStrictEqual(['/boot']);
  });

  test('that were mounted over stand for themselves at another mount point', () => {
    expect(chosen(['8:1 / /a ext4', '8:1 / /longer ext4', '0:9 / /a tmpfs'])).toStrictEqual(['/longer']);
  });

  test('are none on a host that has none', () => {
    expect(realMounts([])).toStrictEqual([]);
    expect(chosen(['0:1 / / rootfs', '0:2 / /proc proc'])).toStrictEqual([]);
  });
});

function escapes(): string {
  return String.raw`1 2 8:2 /a\040b /x\040y\011z\012\134w rw - ext4 /dev/sdb rw`;
}

/** Mounts from `<device> <root> <mount point> <type>`, each mounted after those above it. */
function mounts(lines: readonly string[]): Mount[] {
  const made: Mount[] = [];
  for (const [at, line] of lines.entries()) {
    const [device = '', root = '', mountPoint = '', type = ''] = line.split(' ');
    made.push({ id: String(at + 2), parent: parentOf(mountPoint, made), device, root, mountPoint, type });
  }
  return made;
}

/** The mount that a path leads to, as it is now: the one with the longest path to it, of several there the last. */
function parentOf(path: string, mounted: readonly Mount[]): string {
  const onTheWay = mounted.filter(({ mountPoint }) =>
    `${path}/`.startsWith(mountPoint === '/' ? '/' : `${mountPoint}/`),
  );
  const longest = Math.max(...onTheWay.map(({ mountPoint }) => mountPoint.length));
  return onTheWay.findLast(({ mountPoint }) => mountPoint.length === longest)?.id ?? '1';
}

function chosen(lines: readonly string[]): string[] {
  return realMounts(mounts(lines)).map((mount) => mount.mountPoint);
}
