import { optionalFact } from '../errors.ts';
import type { HostReader } from '../types.ts';
import { byName } from './names.ts';
import { assigned, entries, known, readNumber, readWord } from './read.ts';

/** As with disks: a header is one line. */
const MOST_INTERFACES = 256;

/** One network interface; its addresses are left out. */
interface Interface {
  readonly name: string;
  /** What it is: `ethernet`, `loopback`, or the kernel's word (`bridge`, `bond`, `vlan`, `wlan`, `veth`, …). */
  readonly kind?: string;
  readonly driver?: string;
  /** Absent without a link, and of virtual ones, where the kernel says -1. */
  readonly speed_mbit?: number;
  readonly duplex?: string;
  readonly mtu?: number;
}

export interface Interfaces {
  readonly interfaces?: readonly Interface[];
  /** How many more there are than the list names. */
  readonly interfaces_left_out?: number;
}

/** What tells one kind from another: read for all, so that the ones to list can be chosen. */
interface Sighting {
  readonly name: string;
  readonly kind?: string;
  readonly driver?: string;
}

const NET = '/sys/class/net';
/** include/uapi/linux/if_arp.h: virtual interfaces that look like Ethernet have this number, too. */
const ETHERNET = 1;
const KINDS: ReadonlyMap<number, string> = new Map([
  [32, 'infiniband'],
  [772, 'loopback'],
]);

/**
 * Reads /sys/class/net (Documentation/ABI/testing/sysfs-class-net), interfaces of hardware first.
 * @param options.withVeth a host has one end of a veth pair for each container; inside a container the other end is
 * its network
 */
export function readInterfaces(host: HostReader, { withVeth }: { withVeth: boolean }): Interfaces {
  const seen = entries(host, NET)
    .filter((name) => withVeth || !name.startsWith('veth'))
    .flatMap((name) => look(host, name) ?? [])
    .filter((sighting) => withVeth || sighting.kind !== 'veth')
    .sort((one, other) => Number(!one.driver) - Number(!other.driver) || byName(one.name, other.name));
  const listed = seen.slice(0, MOST_INTERFACES).map((sighting) => readInterface(host, sighting));
  return known<Interfaces>({
    interfaces: listed.length > 0 ? listed : undefined,
    interfaces_left_out: seen.length > listed.length ? seen.length - listed.length : undefined,
  });
}

/** Undefined for what is no interface: the file `bonding_masters` lies among them. */
function look(host: HostReader, name: string): Sighting | undefined {
  const folder = `${NET}/${name}`;
  const uevent = optionalFact(() => host.readText(`${folder}/uevent`));
  if (uevent === undefined && entries(host, folder).length === 0) return undefined;
  const hardware = readNumber(host, `${folder}/type`);
  const kind = assigned(uevent, 'DEVTYPE') ?? KINDS.get(hardware ?? 0);
  const isEthernet = kind === undefined && hardware === ETHERNET;
  if (isEthernet && isVeth(host, folder, assigned(uevent, 'IFINDEX'))) return { name, kind: 'veth' };
  const device = optionalFact(() => host.readText(`${folder}/device/uevent`));
  const driver = device === undefined ? undefined : (assigned(device, 'DRIVER') ?? linkedDriver(host, folder));
  const ethernet = isEthernet ? kindOfEthernet(host, folder, device !== undefined) : undefined;
  return known<Sighting>({ name, kind: kind ?? ethernet, driver });
}

function linkedDriver(host: HostReader, folder: string): string | undefined {
  return optionalFact(() => host.readLink(`${folder}/device/driver`))
    ?.split('/')
    .at(-1);
}

/**
 * Only veth has no DEVTYPE and still points at another interface, its other end, which may be in another namespace
 * (tunnels that are bound to none point at 0).
 */
function isVeth(host: HostReader, folder: string, index: string | undefined): boolean {
  const link = readNumber(host, `${folder}/iflink`);
  return index !== undefined && link !== undefined && link > 0 && String(link) !== index;
}

function kindOfEthernet(host: HostReader, folder: string, hasDevice: boolean): string | undefined {
  if (hasDevice) return 'ethernet';
  return readWord(host, `${folder}/tun_flags`) === undefined ? undefined : 'tun';
}

function readInterface(host: HostReader, sighting: Sighting): Interface {
  const folder = `${NET}/${sighting.name}`;
  const duplex = readWord(host, `${folder}/duplex`);
  return known<Interface>({
    ...sighting,
    speed_mbit: readSpeed(host, folder),
    duplex: duplex === 'unknown' ? undefined : duplex,
    mtu: readNumber(host, `${folder}/mtu`),
  });
}

/** Unknown is -1, which old kernels print as 4294967295 or 65535; reading it fails while the interface is down. */
function readSpeed(host: HostReader, folder: string): number | undefined {
  const speed = readNumber(host, `${folder}/speed`);
  return speed === 0 || speed === 65535 || speed === 4294967295 ? undefined : speed;
}
