import type { DeviceFile } from '../../device-files.ts';
import { namesByIdentity } from '../../device-identity.ts';
import { optionalFact } from '../../errors.ts';
import { FieldKey } from '../../scan/field-key.ts';
import type { HostReader } from '../../types.ts';
import { counterFile, isNumber, valueFile } from '../../value-file.ts';
import { hwmonFields } from './fields.ts';

export const CHIPS = '/sys/class/hwmon';

export interface Chip {
  /** `coretemp@coretemp.0` */
  readonly name: string;
  /** Where its sensors' files are. */
  readonly path: string;
}

/** The chips that there are now. @throws SourceError where the kernel has none of this */
export function findChips(host: HostReader): Chip[] {
  const chips = host.list(CHIPS).flatMap((entry) => {
    const number = /^hwmon(\d+)$/.exec(entry)?.[1];
    if (number === undefined) return [];
    const path = chipPath(host, `${CHIPS}/${entry}`);
    const name = optionalFact(() => host.readText(`${path}/name`).trim()) || 'chip';
    return [{ identity: [name, ...busAddress(host, entry)].join('@'), number, path }];
  });
  return namesByIdentity(chips);
}

/** Before 3.13 most chips have their files in the device's directory. */
function chipPath(host: HostReader, path: string): string {
  const isOld = optionalFact(() => host.readText(`${path}/name`)) === undefined;
  return isOld && optionalFact(() => host.readText(`${path}/device/name`)) !== undefined ? `${path}/device` : path;
}

/** Devices that are numbered as they are found, and sit on one with an address of its own. */
const NUMBERED = /^(?:nvme|phy|card|drm|hwmon|thermal_zone|input|usb|host|power_supply|mdio_bus|net|ieee80211)\d*$/;

/**
 * Where on which bus the chip is, as lm-sensors and node_exporter tell chips apart: hwmon numbers change from boot to
 * boot. Nothing where the links of /sys are not there or lead to no bus.
 */
function busAddress(host: HostReader, entry: string): string[] {
  const steps = (path: string) => (optionalFact(() => host.readLink(path)) ?? '').split('/');
  const chip = steps(`${CHIPS}/${entry}`); // ../../devices/pci0000:00/0000:00:01.0/nvme/nvme0/hwmon1
  const device = steps(`${CHIPS}/${entry}/device`); // ../../nvme0
  const isAddress = (step: string) =>
    !NUMBERED.test(step) && !['', '..', 'devices', 'virtual', 'thermal'].includes(step);
  const address = (chip.includes('devices') ? chip : device).findLast(isAddress);
  return address === undefined ? [] : [address];
}

/** The files of a chip's sensors: `temp1_input`, `in0_input`, `power1_average`. @throws SourceError where it has gone */
export function sensorFiles(host: HostReader, { name, path }: Chip): DeviceFile[] {
  const entries = host.list(path);
  return entries.flatMap((entry) => {
    const sensor = /^([a-z]+\d+)_(?:input|average)$/.exec(entry)?.[1];
    const spec = hwmonFields.find(({ kernel }) => kernel === entry.replace(/\d+/, '*'));
    if (sensor === undefined || spec === undefined) return [];
    const device = `hwmon_${name}/${sensor}`;
    const file = (spec.kind === 'counter' ? counterFile : valueFile)(`${path}/${entry}`, `${device}_${spec.stat}`);
    const isFirst = entry.endsWith('_input') || !entries.includes(`${sensor}_input`);
    const label = isFirst && optionalFact(() => host.readText(`${path}/${sensor}_label`).trim());
    return [label ? labelled(file, new FieldKey(`${device}_label`), label) : file];
  });
}

/** A label stands where its sensor has a value. */
function labelled(file: DeviceFile, key: FieldKey, label: string): DeviceFile {
  return {
    path: file.path,
    scan(text, end, sink) {
      file.scan(text, end, sink);
      if (isNumber(text)) sink.label(key, label);
    },
  };
}
