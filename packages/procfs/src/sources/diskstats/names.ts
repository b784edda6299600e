import { optionalFact } from '../../errors.ts';
import { type HostReader, NOISE, type Noise, type SamplingSettings } from '../../types.ts';
import type { BlockDevice, NameDevice } from './parse.ts';

/**
 * What the block devices of a live host are called. Device mapper and md devices are numbered in the order in which they
 * came up, which may be another one after the next boot, so they go by the names that people gave them; where that is the
 * kernel's name of another disk, the number stands. Loop, ram and zram disks are left out unless they are asked for.
 */
export function deviceNames(host: HostReader, { include }: SamplingSettings): NameDevice {
  return (device) => {
    const kind = kindOf(device.name);
    if (kind !== undefined && !include.has(kind)) return undefined;
    const name = persistentName(host, device);
    return name === undefined || isKernelName(host, name) ? device.name : name;
  };
}

function kindOf(name: string): Noise | undefined {
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
  return optionalFact(() => host.list(`/sys/class/block/${name}`)) !== undefined;
}
