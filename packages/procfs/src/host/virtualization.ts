import { optionalFact } from '../errors.ts';
import type { HostReader } from '../types.ts';
import { deviceTreeOf, readMachineModel } from './device-tree.ts';
import type { Dmi } from './dmi.ts';
import { entries, readWord } from './read.ts';

/** DMI's words of hypervisors, as systemd-detect-virt knows them; the first that is found counts. */
type Words = readonly [RegExp, string][];

/** These go by their own name even if KVM is below. */
const VENDORS: Words = [
  [/Amazon EC2/, 'amazon'],
  [/innotek GmbH|VirtualBox/, 'oracle'],
  [/Xen/, 'xen'],
  [/Parallels/, 'parallels'],
  [/Google Compute Engine/, 'google'],
];

const HYPERVISORS: Words = [
  [/KVM|OpenStack|KubeVirt/, 'kvm'],
  [/QEMU/, 'qemu'],
  [/VMware|VMW/, 'vmware'],
  [/Bochs/, 'bochs'],
  [/BHYVE/, 'bhyve'],
  [/Hyper-V|Microsoft Corporation Virtual Machine/, 'microsoft'],
  [/Apple Virtualization/, 'apple'],
];

/**
 * What runs this machine: a hypervisor's name, `none`, or `unknown` where only the fact is known; undefined where not
 * even that is.
 * @param clues what DMI says, and whether the CPUs say that they are virtual
 */
export function detectVirtualization(
  host: HostReader,
  clues: { readonly dmi: Dmi; readonly isVirtual: boolean | undefined },
): string | undefined {
  const { dmi, isVirtual } = clues;
  const xen = detectXen(host);
  if (xen !== undefined) return xen;
  // An EC2 bare-metal instance has Amazon's words, too, and on arm64 no flag tells it from a virtual one.
  if (isVirtual === false || /\.metal\b/.test(dmi.productName)) return 'none';
  const name =
    find(VENDORS, dmi) ??
    detectKvmClock(host) ??
    find(HYPERVISORS, dmi) ??
    detectFromDeviceTree(host) ??
    detectMainframe(host);
  return name ?? (isVirtual ? 'unknown' : undefined);
}

function find(words: Words, { sysVendor, productName, boardVendor, biosVendor }: Dmi): string | undefined {
  const text = [sysVendor, productName, boardVendor, biosVendor].join(' ');
  return words.find(([pattern]) => pattern.test(text))?.[1];
}

/** The first domain of Xen has all of the machine: there it is the metal. */
function detectXen(host: HostReader): string | undefined {
  const capabilities = optionalFact(() => host.readText('/proc/xen/capabilities'));
  if (capabilities?.includes('control_d')) return 'none';
  return readWord(host, '/sys/hypervisor/type') === 'xen' ? 'xen' : undefined;
}

/** The clock that KVM offers its guests: where DMI is missing or rewritten, as in small virtual machines. */
function detectKvmClock(host: HostReader): string | undefined {
  const clocks = readWord(host, '/sys/devices/system/clocksource/clocksource0/available_clocksource');
  return clocks?.split(' ').includes('kvm-clock') ? 'kvm' : undefined;
}

/** arm64, ppc64le, riscv. */
function detectFromDeviceTree(host: HostReader): string | undefined {
  const tree = deviceTreeOf(host);
  const compatible = readWord(host, `${tree}/hypervisor/compatible`);
  if (compatible !== undefined) return /kvm|xen|vmware/.exec(compatible)?.[0] ?? 'unknown';
  const names = entries(host, tree);
  if (readMachineModel(host)?.includes('emulated by qemu') || names.some((name) => name.startsWith('fw-cfg')))
    return 'qemu';
  return names.includes('ibm,partition-name') && names.includes('hmc-managed?') ? 'powervm' : undefined;
}

/** s390x: `VM00 Control Program: z/VM    7.2.0`, or KVM/Linux; without such a line it is a partition of the machine. */
function detectMainframe(host: HostReader): string | undefined {
  const text = optionalFact(() => host.readText('/proc/sysinfo'));
  if (text === undefined) return undefined;
  const program = /^VM00 Control Program:\s*(\S+)/m.exec(text)?.[1];
  if (program === undefined) return /^LPAR Number:/m.test(text) ? 'none' : undefined;
  if (program === 'z/VM') return 'zvm';
  return program.startsWith('KVM') ? 'kvm' : 'unknown';
}
