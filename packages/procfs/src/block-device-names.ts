import { optionalFact } from './errors.ts';
import { type HostReader, NOISE, type Noise, type SamplingSettings } from './types.ts';

/** A block device as the kernel knows it. */
interface BlockDevice {
  /** `8:0` */
  readonly number: string;
  /** `sda`; `cciss/c0d0` as /proc has it, which /sys writes `cciss!c0d0`. */
  readonly name: string;
}

/** What a device is called in field names; undefined leaves it out. */
export type NameDevice = (device: BlockDevice) => string | undefined;

/**
 * What the block devices of a live host are called. Device mapper and md devices are numbered in the order in which they
 * came up, which may be another one after the next boot, so they go by the names that people gave them, as they stand in
 * /dev/mapper (`my\x20disk` where there is a blank) and /dev/md. Where that is the kernel's name of another disk, or the
 * name of another device, the number stands: no two devices have one name. Loop, ram and zram disks are left out unless
 * they are asked for.
 */
export function deviceNames(host: HostReader, { include }: SamplingSettings): NameDevice {
  const holders = new Map<string, string>();
  const isTaken = (name: string, by: string) => {
    const holder = holders.get(name) ?? by;
    return isKernelName(host, name) || (holder !== by && isKernelName(host, holder));
  };
  return (device) => {
    const kind = noiseOf(device.name);
    if (kind !== undefined && !include.has(kind)) return undefined;
    const name = persistentName(host, device);
    if (name === undefined || isTaken(name, device.name)) return device.name;
    holders.set(name, device.name);
    return name;
  };
}

function noiseOf(name: string): Noise | undefined {
  const letters = /^(loop|ram|zram)\d+(p\d+)?$/.exec(name)?.[1];
  return NOISE.find((kind) => kind === letters);
}

function persistentName(host: HostReader, { name, number }: BlockDevice): string | undefined {
  if (/^dm-\d+$/.test(name))
    return optionalFact(() => host.readText(`/sys/block/${name}/dm/name`).trim()) || udevName(host, number, 'DM_NAME');
  return /^md\d+$/.test(name) ? udevName(host, number, 'MD_DEVNAME') : undefined;
}

/** A property that udev keeps of a device, by its number. */
function udevName(host: HostReader, number: string, property: string): string | undefined {
  const kept = optionalFact(() => host.readText(`/run/udev/data/b${number}`));
  return new RegExp(`^E:${property}=(.+)$`, 'm').exec(kept ?? '')?.[1];
}

function isKernelName(host: HostReader, name: string): boolean {
  return optionalFact(() => host.list(sysPath(name))) !== undefined;
}

/** Where /sys has a device: it writes `!` for the `/` of its name. */
export function sysPath(name: string): string {
  return `/sys/class/block/${name.replaceAll('/', '!')}`;
}
