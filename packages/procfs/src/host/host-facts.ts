import { optionalFact } from '../errors.ts';
import { parseStat } from '../sources/stat/parse.ts';
import type { HostReader } from '../types.ts';
import { type Cloud, cloudOf } from './cloud.ts';
import { detectContainer } from './container.ts';
import { type Processors, readProcessors } from './cpu.ts';
import { type Disks, readDisks } from './disks.ts';
import { readDmi } from './dmi.ts';
import { readHostname } from './hostname.ts';
import { type Interfaces, readInterfaces } from './interfaces.ts';
import { isThisKernel, type KernelUnits, readKernelUnits } from './kernel-units.ts';
import { type Memory, readMemory } from './memory.ts';
import { known, readWord } from './read.ts';
import { type Release, readRelease } from './release.ts';
import { describeScope } from './scope.ts';
import { detectVirtualization } from './virtualization.ts';

/**
 * What does not change while a host runs: the `host` object of a collection's header. Unknown facts are left out, and
 * collections of older versions have only some of them. Serial numbers, UUIDs and network addresses are never in it.
 */
export interface HostFacts extends Release, Processors, Memory, KernelUnits, Disks, Interfaces {
  /** Whose numbers these are, in a sentence: a host's, a container's, a capture's. */
  readonly scope?: string;
  readonly hostname?: string;
  /** Release of the kernel: `6.1.0-26-amd64`. */
  readonly kernel?: string;
  readonly arch?: string;
  /** Unix seconds. */
  readonly boot_time?: number;
  /** `none`, the hypervisor's name, or `unknown` where only the fact is known. */
  readonly virtualization?: string;
  /** What manages the container that pcc ran in; absent outside of one. */
  readonly container?: string;
  readonly cloud?: Cloud;
}

/** Reads the facts of a host. A file that is absent costs only its own fact. */
export function readHostFacts(host: HostReader): HostFacts {
  const { facts: processors, isVirtual } = readProcessors(host);
  const dmi = readDmi(host);
  const container = detectContainer(host);
  const bootTime = optionalFact(() => parseStat(host.readText('/proc/stat')).stat_btime);
  return known<HostFacts>({
    scope: describeScope(host, container),
    hostname: readHostname(host),
    kernel: readWord(host, '/proc/sys/kernel/osrelease'),
    // The file is there since 6.1; before, a process can only know its own architecture.
    arch: readWord(host, '/proc/sys/kernel/arch') ?? (isThisKernel(host) ? ownArch() : undefined),
    ...readRelease(host),
    ...processors,
    ...readMemory(host),
    ...readKernelUnits(host),
    boot_time: typeof bootTime === 'number' ? bootTime : undefined,
    virtualization: detectVirtualization(host, { dmi, isVirtual }),
    container,
    cloud: cloudOf(dmi),
    ...readDisks(host),
    ...readInterfaces(host, { withVeth: container !== undefined }),
  });
}

/** Node's names for architectures, as `uname -m` says them. */
function ownArch(): string {
  const names: Record<string, string> = { x64: 'x86_64', arm64: 'aarch64', ppc64: 'ppc64le' };
  return names[process.arch] ?? process.arch;
}
