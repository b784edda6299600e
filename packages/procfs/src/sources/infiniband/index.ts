/**
 * /sys/class/infiniband/<device>/ports/<port>/counters and hw_counters: InfiniBand and RoCE ports.
 * Documentation/ABI/stable/sysfs-class-infiniband.
 *
 *     mlx5_0/ports/1/counters/port_rcv_data: 52047238
 *
 * Port data is counted in units of 4 bytes. Adapters without extended counters have 32 bits and stop at the highest value
 * instead of beginning anew. hw_counters are their drivers' own, refreshed every 10 ms (`lifespan`).
 */
import { type DeviceFile, deviceFiles } from '../../device-files.ts';
import { optionalFact } from '../../errors.ts';
import type { FieldSpec, HostReader, Source } from '../../types.ts';
import { counterFile } from '../../value-file.ts';
import { hardwareFields, portFields } from './fields.ts';

const DEVICES = '/sys/class/infiniband';

export const infinibandSource: Source = {
  name: 'infiniband',
  subsystem: DEVICES,
  isOptional: true,
  groups: [{ group: 'ib', device: 'between', fields: [...portFields, ...hardwareFields] }],
  open: (host) => deviceFiles(host, () => portFiles(host)),
};

function portFiles(host: HostReader): DeviceFile[] {
  return host.list(DEVICES).flatMap((device) => {
    const ports = optionalFact(() => host.list(`${DEVICES}/${device}/ports`)) ?? [];
    return ports.flatMap((port) => {
      const [path, name] = [`${DEVICES}/${device}/ports/${port}`, `${device}/${port}`];
      const files = (folder: string, fields: readonly FieldSpec[]) =>
        knownFiles(host, `${path}/${folder}`, { name, fields });
      return [...files('counters', portFields), ...files('hw_counters', hardwareFields)];
    });
  });
}

function knownFiles(
  host: HostReader,
  path: string,
  { name, fields }: { name: string; fields: readonly FieldSpec[] },
): DeviceFile[] {
  const there = new Set(optionalFact(() => host.list(path)));
  return fields
    .filter(({ kernel }) => there.has(kernel))
    .map(({ kernel, stat }) => counterFile(`${path}/${kernel}`, `ib_${name}_${stat}`));
}
