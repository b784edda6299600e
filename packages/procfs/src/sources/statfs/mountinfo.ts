import { columnsOf } from '../../count.ts';
import { ParseError } from '../../errors.ts';

/** One line of mountinfo, as far as it is needed here. */
export interface Mount {
  readonly id: string;
  /** The mount that this one is mounted on; not listed where it is outside this process's root. */
  readonly parent: string;
  /** `major:minor` of the file system; the same for all bind mounts of it. */
  readonly device: string;
  /** Which directory of the file system is mounted: `/`, except for bind mounts and subvolumes. */
  readonly root: string;
  readonly mountPoint: string;
  readonly type: string;
}

/**
 * Reads /proc/<pid>/mountinfo. Optional fields stand between the mount options and a lone `-`; blanks, tabs, line
 * feeds and backslashes in names are printed as \040 \011 \012 \134.
 * Documentation/filesystems/proc.rst, section 3.5.
 * @throws ParseError when a line is not what mountinfo prints
 */
export function parseMountinfo(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const columns = columnsOf(line);
    if (columns.length === 0) continue;
    const [id, parent, device, root, mountPoint] = columns;
    const type = columns[columns.indexOf('-', 6) + 1];
    if (
      id === undefined ||
      parent === undefined ||
      !device?.includes(':') ||
      root === undefined ||
      mountPoint === undefined ||
      !columns.includes('-', 6) ||
      type === undefined
    ) {
      throw new ParseError('/proc/self/mountinfo', {
        line: index + 1,
        text: line,
        expected: '"36 35 98:0 /root /mount/point rw,noatime shared:1 - ext3 /dev/root rw"',
      });
    }
    mounts.push({ id, parent, device, root: unescapeOctal(root), mountPoint: unescapeOctal(mountPoint), type });
  }
  return mounts;
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** File systems without storage of their own to run out of; autofs among them, so that no automount is triggered. */
const PSEUDO = new Set(
  `anon_inodefs aufs autofs bdev binder binfmt_misc bpf cgroup cgroup2 configfs cpuset dax debugfs devfs devpts devtmpfs
  drm ecryptfs efivarfs fusectl fuse.gvfsd-fuse fuse.lxcfs fuse.portal hugetlbfs iso9660 mqueue nfsd nsfs overlay
  overlayfs pipefs proc pstore ramfs resctrl rootfs rpc_pipefs secretmem securityfs selinuxfs smackfs sockfs squashfs
  sysfs sysfs tmpfs tracefs udf usbfs xenfs`.split(/\s+/),
);

/**
 * The mounts whose fill level means something, each file system once: bind mounts and subvolumes share a device number,
 * and of those the mount of the whole file system with the shortest path stands for all.
 */
export function realMounts(mounts: readonly Mount[]): Mount[] {
  const chosen = new Map<string, Mount>();
  for (const mount of mounts.filter((one) => !PSEUDO.has(one.type) && isVisible(one, mounts))) {
    const rival = chosen.get(mount.device);
    if (!rival || isBetter(mount, rival)) chosen.set(mount.device, mount);
  }
  return [...chosen.values()];
}

/** Whether its path leads to it: every mount on the way there is one that it stands on, and none was mounted over it. */
function isVisible(mount: Mount, mounts: readonly Mount[]): boolean {
  const below = new Set<Mount>();
  for (let next: Mount | undefined = mount; next && !below.has(next); ) {
    below.add(next);
    const { parent }: Mount = next;
    next = mounts.find(({ id }) => id === parent);
  }
  return mounts.every((other) => below.has(other) || !isOnTheWay(other.mountPoint, mount.mountPoint));
}

function isOnTheWay(directory: string, path: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}

function isBetter(mount: Mount, rival: Mount): boolean {
  if ((mount.root === '/') !== (rival.root === '/')) return mount.root === '/';
  return mount.mountPoint.length < rival.mountPoint.length;
}
