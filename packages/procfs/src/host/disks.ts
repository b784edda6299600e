import { optionalFact } from '../errors.ts';
import type { HostReader } from '../types.ts';
import { byName } from './names.ts';
import { assigned, entries, known, readNumber, readWord } from './read.ts';

/** A header is one line, and names and models of hundreds of disks say little more than those of the first. */
const MOST_DISKS = 256;

/** One whole disk: hardware, or dm and md, which are made of others. */
interface Disk {
  readonly name: string;
  /** The name that lasts over reboots, of dm and md: `vg0-root`. */
  readonly label?: string;
  readonly model?: string;
  readonly vendor?: string;
  readonly size_bytes?: number;
  readonly rotational?: boolean;
  /** Bytes. */
  readonly logical_block?: number;
}

export interface Disks {
  readonly disks?: readonly Disk[];
  /** How many more there are than the list names. */
  readonly disks_left_out?: number;
}

/** In memory or in a file; optical, floppy; the boot and key areas that an eMMC shows as disks of their own. */
const NO_DISK = /^(loop|ram|zram|sr|fd)\d+$|^mmcblk\d+(boot\d+|rpmb)$/;
const MADE_OF_OTHERS = /^(dm-|md)/;

/** Reads /sys/block (Documentation/ABI/stable/sysfs-block); devices without a medium are left out. */
export function readDisks(host: HostReader): Disks {
  const names = entries(host, '/sys/block')
    .filter((name) => !NO_DISK.test(name) && isThere(host, name))
    .sort(
      (first, second) =>
        Number(MADE_OF_OTHERS.test(first)) - Number(MADE_OF_OTHERS.test(second)) || byName(first, second),
    );
  const listed = names.slice(0, MOST_DISKS).map((name) => readDisk(host, name));
  return known<Disks>({
    disks: listed.length > 0 ? listed : undefined,
    disks_left_out: names.length > listed.length ? names.length - listed.length : undefined,
  });
}

/** Not an empty card reader or an unconnected nbd (size 0), and not one path of several to an NVMe disk (hidden). */
function isThere(host: HostReader, name: string): boolean {
  return readNumber(host, `/sys/block/${name}/size`) !== 0 && readNumber(host, `/sys/block/${name}/hidden`) !== 1;
}

function readDisk(host: HostReader, name: string): Disk {
  const folder = `/sys/block/${name}`;
  const sectors = readNumber(host, `${folder}/size`);
  const rotational = readNumber(host, `${folder}/queue/rotational`);
  return known<Disk>({
    name,
    label: MADE_OF_OTHERS.test(name) ? readLabel(host, folder) : undefined,
    // An SD card or eMMC calls its model its name.
    model: readWord(host, `${folder}/device/model`, ...(/^mmcblk/.test(name) ? [`${folder}/device/name`] : [])),
    vendor: readVendor(host, folder),
    size_bytes: sectors && sectors * 512, // sectors of 512 bytes, whatever the disk's own are
    rotational: rotational === undefined ? undefined : rotational !== 0,
    logical_block: readNumber(host, `${folder}/queue/logical_block_size`) || undefined,
  });
}

/** SCSI disks name their vendor; virtio has a PCI number there (`0x1af4`), which names nobody. */
function readVendor(host: HostReader, folder: string): string | undefined {
  const vendor = readWord(host, `${folder}/device/vendor`);
  return vendor?.startsWith('0x') ? undefined : vendor;
}

/** A label that holds an identifier (`luks-<uuid>`, a multipath WWID) is left out, as all identifiers are. */
function readLabel(host: HostReader, folder: string): string | undefined {
  const label = readWord(host, `${folder}/dm/name`) ?? readArrayName(host, folder);
  return label === undefined || /[0-9a-f]{16}|[0-9a-f]{8}--?[0-9a-f]{4}-/i.test(label) ? undefined : label;
}

/** md's name is known to udev alone. */
function readArrayName(host: HostReader, folder: string): string | undefined {
  const device = readWord(host, `${folder}/dev`);
  return (
    device &&
    assigned(
      optionalFact(() => host.readText(`/run/udev/data/b${device}`)),
      'E:MD_DEVNAME',
    )
  );
}
