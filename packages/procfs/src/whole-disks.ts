import { sysPath } from './block-device-names.ts';
import { optionalFact } from './errors.ts';
import type { HostReader } from './types.ts';

/**
 * What a block device is to those who add up I/O. `disk`: hardware, or what a hypervisor or a server gives as such.
 * `partition`: a part of a disk. `path`: one of the ways to an NVMe namespace that can have several (`nvme0c1n1` beside
 * `nvme0n1`). `layer`: made of other devices, of files or of memory (dm, md, loop, zram, and any name that a person gave).
 * The kernel counts a request in each of them that it goes through.
 */
export type BlockDeviceKind = 'disk' | 'partition' | 'path' | 'layer';

/** Drivers' names of disks: a letter each, and partitions are a number behind it. */
const LETTERED = /^((?:sd|hd|vd|xvd|ubd|dasd|scm|rssd|i2o\/hd)[a-z]+)(\d+)?$/;
/** Drivers' names of disks: a number each, and partitions are `p` and a number behind it. */
const NUMBERED =
  /^(nvme\d+n\d+|mmcblk\d+(?:boot\d+|gp\d+|rpmb)?|(?:cciss|ida|rd)\/c\d+d\d+|(?:nbd|rbd|pmem|fd|sr|skd|mtdblock)\d+)(p\d+)?$/;
const NVME_PATH = /^(nvme\d+)c\d+(n\d+)$/;

/** @param host asked for what its name does not say, where /sys is there */
export function blockDeviceKind(name: string, host?: HostReader): BlockDeviceKind {
  return (host && kindInSys(name, host)) ?? kindOfName(name);
}

function kindInSys(name: string, host: HostReader): BlockDeviceKind | undefined {
  if (optionalFact(() => host.readText(`${sysPath(name)}/partition`)) !== undefined) return 'partition';
  const below = optionalFact(() => host.list(`${sysPath(name)}/slaves`)) ?? [];
  return below.length > 0 ? 'layer' : undefined;
}

function kindOfName(name: string): BlockDeviceKind {
  if (NVME_PATH.test(name)) return 'path';
  const match = partsOf(name);
  if (!match) return 'layer'; // no driver gives this name: a person did
  return match[2] === undefined ? 'disk' : 'partition';
}

function partsOf(name: string): RegExpExecArray | null {
  return LETTERED.exec(name) ?? NUMBERED.exec(name);
}

/**
 * The devices among these over which I/O may be added up so that each request counts once. Paths stand for their
 * namespace, which before 6.4 counts nothing itself; a partition whose disk is not there (Xen gives guests a lone
 * `xvda1`) is a disk.
 */
export function wholeDisks(names: Iterable<string>, host?: HostReader): Set<string> {
  const all = new Set(names);
  const withPaths = new Set([...all].flatMap((name) => NVME_PATH.exec(name)?.slice(1).join('') ?? []));
  const isWhole = (name: string) => {
    const kind = blockDeviceKind(name, host);
    if (kind === 'disk') return !withPaths.has(name);
    const disk = partsOf(name)?.[1] ?? name;
    return kind === 'path' || (kind === 'partition' && !all.has(disk) && !withPaths.has(disk));
  };
  return new Set([...all].filter(isWhole));
}
