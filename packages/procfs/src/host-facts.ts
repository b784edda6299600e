import { readKernelUnits } from './auxv.ts';
import { ParseError, SourceError } from './errors.ts';
import { parseCpuinfo } from './sources/cpuinfo/parse.ts';
import { parseStat } from './sources/stat/parse.ts';
import type { HostReader } from './types.ts';

/** What does not change while a host runs: the `host` object of a collection's header. Unknown facts are left out. */
export interface HostFacts {
  readonly hostname?: string;
  /** Release of the kernel: `6.1.0-26-amd64`. */
  readonly kernel?: string;
  readonly arch?: string;
  /** The distribution's own name for itself: `Debian GNU/Linux 12 (bookworm)`. */
  readonly os?: string;
  readonly cpus?: number;
  readonly cpu_model?: string;
  readonly clock_ticks?: number;
  readonly page_size?: number;
  /** Unix seconds. */
  readonly boot_time?: number;
  /** `none`, the hypervisor's name, or `unknown` where only the fact is known. */
  readonly virtualization?: string;
}

/** Reads the facts of a host. A file that is absent costs only its own fact. */
export function readHostFacts(host: HostReader): HostFacts {
  const cpu = optional(() => parseCpuinfo(host.readText('/proc/cpuinfo')));
  const bootTime = optional(() => parseStat(host.readText('/proc/stat')).stat_btime);
  const facts = {
    hostname: optional(() => host.readText('/proc/sys/kernel/hostname').trim()),
    kernel: optional(() => host.readText('/proc/sys/kernel/osrelease').trim()),
    // The file is there since 6.1; before, a process can only know its own architecture.
    arch: optional(() => host.readText('/proc/sys/kernel/arch').trim()) ?? (host.isOwn ? ownArch() : undefined),
    os: optional(() => osName(host.readText('/etc/os-release', '/usr/lib/os-release'))),
    cpus: cpu?.cpus,
    cpu_model: cpu?.model,
    ...(host.isOwn && readKernelUnits()),
    boot_time: typeof bootTime === 'number' ? bootTime : undefined,
    virtualization: virtualization(host, cpu?.isVirtual),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined && value !== ''));
}

/** The machine's own id (man 5 machine-id), the first line of its file; undefined where it has none. */
export function readMachineId(host: HostReader, path = '/etc/machine-id'): string | undefined {
  return optional(() => host.readText(path).split('\n')[0]?.trim()) || undefined;
}

function optional<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof SourceError || error instanceof ParseError) return undefined;
    throw error;
  }
}

/** Node's names for architectures, as `uname -m` says them. */
function ownArch(): string {
  const names: Record<string, string> = { x64: 'x86_64', arm64: 'aarch64', ppc64: 'ppc64le' };
  return names[process.arch] ?? process.arch;
}

function osName(release: string): string | undefined {
  const value = /^PRETTY_NAME=(.*)$/m.exec(release)?.[1] ?? /^NAME=(.*)$/m.exec(release)?.[1];
  return value?.replace(/^(["'])(.*)\1$/, '$2');
}

/** DMI vendors and products of hypervisors, as systemd-detect-virt knows them. */
const HYPERVISORS: readonly [RegExp, string][] = [
  [/KVM/, 'kvm'],
  [/Amazon EC2/, 'amazon'],
  [/QEMU/, 'qemu'],
  [/VMware|VMW/, 'vmware'],
  [/innotek GmbH|VirtualBox/, 'oracle'],
  [/Xen/, 'xen'],
  [/Bochs/, 'bochs'],
  [/Parallels/, 'parallels'],
  [/BHYVE/, 'bhyve'],
  [/Hyper-V|Microsoft Corporation Virtual Machine/, 'microsoft'],
  [/Google Compute Engine/, 'google'],
];

function virtualization(host: HostReader, isVirtual: boolean | undefined): string | undefined {
  const words = ['sys_vendor', 'product_name'].map((name) =>
    optional(() => host.readText(`/sys/class/dmi/id/${name}`).trim()),
  );
  const known = HYPERVISORS.find(([pattern]) => pattern.test(words.join(' ')))?.[1];
  // An EC2 bare-metal instance has Amazon's DMI words and no hypervisor.
  if (known !== undefined && isVirtual !== false) return known;
  if (isVirtual === undefined) return undefined;
  return isVirtual ? 'unknown' : 'none';
}
