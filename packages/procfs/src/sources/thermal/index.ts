/**
 * /sys/class/thermal/thermal_zone<n>/temp: temperatures that the thermal framework watches.
 * Documentation/driver-api/thermal/sysfs-api.rst.
 *
 *     type: x86_pkg_temp
 *     temp: 47000
 *
 * Zones are numbered in the order in which their drivers came up, so a zone goes by its type (`thermal_x86_pkg_temp_millicelsius`);
 * where several are of one type the number is added (`thermal_acpitz.0_millicelsius`). Zones that are switched off or asleep have
 * no temperature (EAGAIN, ENODATA, EINVAL), which costs them alone.
 */
import { type DeviceFile, deviceFiles } from '../../device-files.ts';
import { namesByIdentity } from '../../device-identity.ts';
import { optionalFact } from '../../errors.ts';
import type { HostReader, Source } from '../../types.ts';
import { valueFile } from '../../value-file.ts';
import { thermalFields } from './fields.ts';

const ZONES = '/sys/class/thermal';

export const thermalSource: Source = {
  name: 'thermal',
  subsystem: ZONES,
  groups: [{ group: 'thermal', device: 'between', fields: thermalFields }],
  open: (host) => deviceFiles(host, () => zoneFiles(host)),
};

function zoneFiles(host: HostReader): DeviceFile[] {
  const zones = host.list(ZONES).flatMap((entry) => {
    const number = /^thermal_zone(\d+)$/.exec(entry)?.[1];
    if (number === undefined) return [];
    const type = optionalFact(() => host.readText(`${ZONES}/${entry}/type`).trim());
    return [{ identity: type || 'zone', number, path: `${ZONES}/${entry}/temp` }];
  });
  return namesByIdentity(zones).map(({ name, path }) => valueFile(path, `thermal_${name}_millicelsius`));
}
