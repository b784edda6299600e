import type { Mount } from '../../mountinfo.ts';
import type { Noise } from '../../types.ts';

/** A file system whose fill level means something, and the mount that stands for it. */
export interface ChosenMount {
  readonly mount: Mount;
  /** Neither it nor a mount on the way to it waits for a server: asking it cannot hang. */
  readonly isLocal: boolean;
}

/** File systems of this kernel that answer statfs from memory, whatever their disk does. */
const LOCAL = words(`adfs affs apfs bcachefs befs bfs btrfs cramfs efs erofs exfat ext2 ext3 ext4 f2fs hfs hfsplus hpfs
  jffs2 jfs minix msdos nilfs2 ntfs ntfs3 omfs overlay qnx4 qnx6 ramfs reiser4 reiserfs romfs squashfs sysv tmpfs ubifs
  ufs umsdos vfat xfs yaffs2 zfs zonefs`);

/** File systems without storage of their own to run out of, of this kernel too. */
const PSEUDO = words(`anon_inodefs aufs bdev binder binfmt_misc bpf cgroup cgroup2 configfs cpuset dax debugfs devfs
  devpts devtmpfs drm ecryptfs efivarfs fusectl guest_memfd hugetlbfs iso9660 mqueue nfsd nsfs nullfs overlayfs pidfs
  pipefs proc pstore ramfs resctrl rootfs rpc_pipefs secretmem securityfs selinuxfs smackfs sockfs sysfs tracefs udf
  usbfs xenfs`);

/** Those whose answer comes from elsewhere: a mount on the way that may wait, as an automount does while it mounts. */
const DISTANT_PSEUDO = words(`autofs fuse.gvfsd-fuse fuse.lxcfs fuse.portal fuse.xdg-document-portal`);

/** What each kind of noise is mounted as; many and telling little, left out unless a person wants them. */
const NOISY = new Map<string, Noise>([
  ['overlay', 'overlay'],
  ['fuse.fuse-overlayfs', 'overlay'],
  ['tmpfs', 'tmpfs'],
  ['squashfs', 'squashfs'],
  ['fuse.snapfuse', 'squashfs'],
  ['fuse.squashfuse', 'squashfs'],
]);

/**
 * The mounts whose fill level means something, each file system once: bind mounts and subvolumes share a device number,
 * and of those the mount of the whole file system with the shortest path stands for all. In O(n log n): hosts of
 * containers have thousands of mounts.
 */
export function chooseMounts(mounts: readonly Mount[], include: ReadonlySet<Noise>): ChosenMount[] {
  const chosen = new Map<string, ChosenMount>();
  for (const one of visibleMounts(mounts)) {
    const { device, type } = one.mount;
    if (!isWanted(type, include)) continue;
    const rival = chosen.get(device);
    if (!rival || isBetter(one.mount, rival.mount)) chosen.set(device, one);
  }
  return [...chosen.values()];
}

function isWanted(type: string, include: ReadonlySet<Noise>): boolean {
  const noise = NOISY.get(type);
  return noise === undefined ? !PSEUDO.has(type) && !DISTANT_PSEUDO.has(type) : include.has(noise);
}

function isBetter(mount: Mount, rival: Mount): boolean {
  if ((mount.root === '/') !== (rival.root === '/')) return mount.root === '/';
  return mount.mountPoint.length < rival.mountPoint.length;
}

/**
 * The mounts that their own path leads to. A path is followed from a mount to the ones that stand on it: one on its very
 * mount point hides it and all that stands on it, one on a directory hides what stands below that directory.
 */
function visibleMounts(mounts: readonly Mount[]): ChosenMount[] {
  const standingOn = Map.groupBy(mounts, ({ parent }) => parent);
  const ids = new Set(mounts.map(({ id }) => id));
  const roots = mounts.filter(({ id, parent }) => id === parent || !ids.has(parent));
  const reached = uncovered(roots).map((mount) => ({ mount, isLocal: isLocalType(mount.type) }));
  const seen = new Set<string>();
  const visible: ChosenMount[] = [];
  // Each reached mount appends those that stand on it.
  for (const one of reached) {
    const { id, mountPoint } = one.mount;
    if (seen.has(id)) continue;
    seen.add(id);
    const above = uncovered((standingOn.get(id) ?? []).filter((mount) => mount.id !== id));
    for (const mount of above) reached.push({ mount, isLocal: one.isLocal && isLocalType(mount.type) });
    // A mount point that was removed meanwhile: nobody's path leads there any more.
    const isHidden = above.some((mount) => mount.mountPoint === mountPoint) || mountPoint.endsWith('//deleted');
    if (!isHidden) visible.push(one);
  }
  return visible;
}

function isLocalType(type: string): boolean {
  return LOCAL.has(type) || PSEUDO.has(type);
}

/** Of mounts that stand on the same one, those that are not below another of them; of two at one place the later. */
function uncovered(siblings: readonly Mount[]): Mount[] {
  // Slashes sort before all else, so that what is below a directory follows it at once.
  const keyed = siblings.map((mount) => ({ mount, key: sortKey(mount.mountPoint) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
  const left: { mount: Mount; key: string }[] = [];
  for (const one of keyed) {
    const top = left.at(-1);
    if (top?.key === one.key) left.pop();
    else if (top !== undefined && one.key.startsWith(`${top.key}\0`)) continue;
    left.push(one);
  }
  return left.map(({ mount }) => mount);
}

function sortKey(path: string): string {
  return path === '/' ? '' : path.replaceAll('/', '\0');
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/));
}
