/** Drivers' names of disks, and what a partition adds to them: a number, or `p` and a number where the disk's name ends in one. */
const DISK =
  /^((?:[shv]|xv|ub)d[a-z]+|dasd[a-z]+)(\d+)?$|^(nvme\d+n\d+|mmcblk\d+|(?:nbd|rbd|pmem)\d+|cciss\/c\d+d\d+)(p\d+)?$/;

/**
 * The devices among these over which I/O may be added up so that each request counts once: the kernel counts it in the
 * partition, in the disk, and in every layer above (dm, md, loop). A partition whose disk is not there is one (Xen gives
 * guests a lone `xvda1`).
 */
export function wholeDisks(names: Iterable<string>): Set<string> {
  const all = new Set(names);
  const isWhole = (name: string) => {
    const match = DISK.exec(name);
    const disk = match?.[1] ?? match?.[3];
    return disk !== undefined && (disk === name || !all.has(disk));
  };
  return new Set([...all].filter(isWhole));
}
