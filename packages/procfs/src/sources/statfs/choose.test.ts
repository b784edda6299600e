import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Mount } from '../../mountinfo.ts';
import { NOISE, type Noise } from '../../types.ts';
import { chooseMounts } from './choose.ts';

describe('real file systems', () => {
  test.each(['autofs', 'tmpfs', 'overlay', 'squashfs', 'proc', 'sysfs', 'cgroup2', 'devtmpfs', 'nsfs', 'fuse.lxcfs'])(
    'do not include %s',
    (type) => {
      expect(chosen(['8:1 / / ext4', `0:40 / /x ${type}`])).toStrictEqual(['/']);
    },
  );

  test.each([
    'ext4',
    'erofs',
    'ntfs3',
    'ceph',
    'glusterfs',
    'unheard-of',
    'xfs',
    'btrfs',
    'vfat',
    'zfs',
    'nfs',
    'nfs4',
    'cifs',
    'f2fs',
    'fuse.sshfs',
    'fuseblk',
  ])('include %s', (type) => {
    expect(chosen(['8:1 / / ext4', `0:40 / /x ${type}`])).toStrictEqual(['/', '/x']);
  });

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
    expect(mountPoints(mounts(['8:1 / /mnt ext4', '8:2 / /mnt xfs']), 'device')).toStrictEqual(['8:2']);
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
    expect(chosen([])).toStrictEqual([]);
    expect(chosen(['0:1 / / rootfs', '0:2 / /proc proc'])).toStrictEqual([]);
  });

  test('below a hidden mount of their own directory are found in what hides it', () => {
    const lines = ['8:1 / / ext4', '8:2 / /a/b ext4', '0:9 / /a tmpfs', '8:3 / /a/b xfs'];
    expect(mountPoints(mounts(lines), 'device')).toStrictEqual(['8:1', '8:3']);
  });

  test('beside a directory of a similar name are not taken for hidden', () => {
    expect(chosen(['8:1 / / ext4', '0:9 / /a tmpfs', '8:2 / /a-b ext4', '8:3 / /ab xfs'])).toStrictEqual([
      '/',
      '/a-b',
      '/ab',
    ]);
    const text = ['8:2 / /a/b ext4', '8:3 / /a-b xfs', '0:9 / /a tmpfs'];
    expect(chosen(['8:1 / / ext4', ...text])).toStrictEqual(['/', '/a-b']);
  });

  test('whose mount point was removed are left out', () => {
    expect(chosen(['8:1 / / ext4', '8:2 / /gone//deleted xfs'])).toStrictEqual(['/']);
  });

  test.each(['autofs', 'tmpfs', 'overlay', 'squashfs', 'proc', 'rootfs'] as const)(
    'never include %s twice over',
    (type) => {
      const list = ['8:1 / / ext4', `0:40 / /x ${type}`, `0:41 / /y ${type}`];
      const isNoise = ['tmpfs', 'overlay', 'squashfs'].includes(type);
      expect(chosen(list, NOISE)).toStrictEqual(isNoise ? ['/', '/x', '/y'] : ['/']);
    },
  );

  test('are taken from a damaged list without end, whatever its numbers say', () => {
    const one = { device: '8:1', root: '/', mountPoint: '/', type: 'ext4', options: '' };
    expect(mountPoints([{ ...one, id: '1', parent: '1' }])).toStrictEqual(['/']);
    const circle = [
      { ...one, id: '1', parent: '0' },
      { ...one, id: '2', parent: '1', mountPoint: '/a' },
      { ...one, id: '1', parent: '2', mountPoint: '/a/b' },
    ];
    expect(mountPoints(circle)).toStrictEqual(['/']);
  });

  test('are chosen from thousands of mounts as by following each path', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(9), path(), fc.constantFrom('ext4', 'tmpfs', 'nfs')), { maxLength: 30 }),
        (some) => {
          const list = mounts(['8:1 / / ext4', ...some.map(([n, at, type]) => `9:${n} / ${at} ${type}`)]);
          const want = new Set(
            list
              .filter((one) => byPath(one.mountPoint, list) === one && one.type !== 'tmpfs')
              .map(({ device }) => device),
          );
          expect(new Set(mountPoints(list, 'device'))).toStrictEqual(want);
        },
      ),
    );
  });
});

describe('a file system is asked in this process', () => {
  test.each(['ext4', 'xfs', 'btrfs', 'zfs', 'vfat', 'erofs'])('when it is %s', (type) => {
    expect(local(['8:1 / / ext4', `8:2 / /x ${type}`])).toStrictEqual(['/', '/x']);
  });

  test.each([
    'nfs',
    'nfs4',
    'cifs',
    'smb3',
    'ceph',
    '9p',
    'virtiofs',
    'fuse',
    'fuseblk',
    'fuse.sshfs',
    'ocfs2',
    'unheard-of',
  ])('but not when it is %s, nor when it stands below one', (type) => {
    expect(local(['8:1 / / ext4', `0:40 / /x ${type}`, '8:2 / /x/disk ext4', '8:3 / /y xfs'])).toStrictEqual([
      '/',
      '/y',
    ]);
  });

  test('but not when an automount may have to mount it again', () => {
    expect(local(['8:1 / / ext4', '0:36 / /boot autofs', '8:2 / /boot vfat'])).toStrictEqual(['/']);
  });
});

/** Mounts from `<device> <root> <mount point> <type>`, each mounted after those above it. */
function mounts(lines: readonly string[]): Mount[] {
  const made: Mount[] = [];
  for (const [at, line] of lines.entries()) {
    const [device = '', root = '', mountPoint = '', type = ''] = line.split(' ');
    made.push({
      id: String(at + 2),
      parent: byPath(mountPoint, made)?.id ?? '1',
      device,
      root,
      mountPoint,
      type,
      options: '',
    });
  }
  return made;
}

function chosen(lines: readonly string[], include: readonly Noise[] = []): string[] {
  return chooseMounts(mounts(lines), new Set(include)).map(({ mount }) => mount.mountPoint);
}

function local(lines: readonly string[]): string[] {
  return chooseMounts(mounts(lines), new Set())
    .filter(({ isLocal }) => isLocal)
    .map(({ mount }) => mount.mountPoint);
}

function mountPoints(list: readonly Mount[], part: 'mountPoint' | 'device' = 'mountPoint'): string[] {
  return chooseMounts(list, new Set()).map(({ mount }) => mount[part]);
}

function path(): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom('a', 'b', 'a-', 'ab'), { minLength: 1, maxLength: 3 })
    .map((names) => `/${names.join('/')}`);
}

/** The mount that a path leads to, name by name as the kernel walks it. */
function byPath(full: string, list: readonly Mount[]): Mount | undefined {
  let at = list.find(({ mountPoint }) => mountPoint === '/');
  for (let end = 1; end <= full.length; end = `${full}/`.indexOf('/', end + 1)) {
    const directory = full.slice(0, end) || '/';
    for (let next = at; next; ) {
      at = next;
      next = list.findLast(
        ({ mountPoint, parent, id }) => mountPoint === directory && parent === at?.id && id !== at.id,
      );
    }
    if (end === full.length) break;
  }
  return at;
}
