/**
 * /sys/class/powercap/<zone>/energy_uj: energy that processors and memory use (RAPL).
 * Documentation/power/powercap/powercap.rst.
 *
 *     intel-rapl:0/name: package-0        intel-rapl:0:1/name: dram
 *     intel-rapl:0/energy_uj: 201837194   intel-rapl:0/max_energy_range_uj: 262143328850
 *
 * A zone is called by its name below those of the zones that it is in: `rapl_package-0/dram_energy_uj`; one that is not
 * reached through the processor's registers also by how (`intel-rapl-mmio/package-0` is package-0 a second time, not to
 * be added). Since 5.10 energy_uj is for root alone (it tells what others compute): then the source is denied.
 */
import { type DeviceFile, deviceFiles } from '../../device-files.ts';
import { namesByIdentity } from '../../device-identity.ts';
import { optionalFact, SourceError } from '../../errors.ts';
import { FieldKey } from '../../scan/field-key.ts';
import type { HostReader, Source } from '../../types.ts';
import { counterFile } from '../../value-file.ts';
import { raplFields } from './fields.ts';

const ZONES = '/sys/class/powercap';

export const powercapSource: Source = {
  name: 'powercap',
  subsystem: ZONES,
  groups: [{ group: 'rapl', device: 'between', fields: raplFields }],
  open: (host) => deviceFiles(host, () => zoneFiles(host)),
};

/** @throws SourceError (denied) where the zones are there and may not be read, said of the first instead of each */
function zoneFiles(host: HostReader): DeviceFile[] {
  const zones = host
    .list(ZONES)
    .filter((entry) => /:\d+$/.test(entry))
    .map((entry) => ({ identity: zoneName(host, entry), number: entry, path: `${ZONES}/${entry}` }));
  const [first] = zones;
  if (first) refuseDenied(host, `${first.path}/energy_uj`);
  return namesByIdentity(zones).map(({ name, path }) => withRange(host, path, name));
}

function refuseDenied(host: HostReader, path: string): void {
  try {
    host.readText(path);
  } catch (error) {
    if (!(error instanceof SourceError) || error.reason === 'denied') throw error;
  }
}

/** `intel-rapl:0:1` is a part of `intel-rapl:0`. */
function zoneName(host: HostReader, entry: string): string {
  const [type = '', ...numbers] = entry.split(':');
  const names = numbers.map((_, depth) => {
    const zone = [type, ...numbers.slice(0, depth + 1)].join(':');
    return optionalFact(() => host.readText(`${ZONES}/${zone}/name`).trim()) || zone;
  });
  return [...(type === 'intel-rapl' ? [] : [type]), ...names].join('/');
}

function withRange(host: HostReader, path: string, name: string): DeviceFile {
  const energy = counterFile(`${path}/energy_uj`, `rapl_${name}_energy_uj`);
  const text = optionalFact(() => host.readText(`${path}/max_energy_range_uj`).trim()) ?? '';
  if (!/^\d+$/.test(text)) return energy;
  const key = new FieldKey(`rapl_${name}_max_energy_range_uj`);
  const range = BigInt(text);
  return {
    path: energy.path,
    scan(bytes, end, sink) {
      energy.scan(bytes, end, sink);
      sink.number(key, range);
    },
  };
}
