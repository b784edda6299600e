import { optionalFact } from '../errors.ts';
import type { HostReader } from '../types.ts';
import { entries, readWord } from './read.ts';

/**
 * Where the firmware's description of the machine lies (arm, ppc64le, riscv). /proc/device-tree is an absolute link
 * into /sys since 3.14, and below another root it would lead to our own; older kernels have a directory there.
 */
export function deviceTreeOf(host: HostReader): string {
  const isLink = optionalFact(() => host.readLink('/proc/device-tree')) !== undefined;
  const isInSys = isLink || entries(host, '/sys/firmware/devicetree/base').length > 0;
  return isInSys ? '/sys/firmware/devicetree/base' : '/proc/device-tree';
}

/** What the machine is called: `Raspberry Pi 4 Model B Rev 1.1`. Texts of a device tree end in a NUL. */
export function readMachineModel(host: HostReader): string | undefined {
  return readWord(host, `${deviceTreeOf(host)}/model`)?.split('\0')[0] || undefined;
}
