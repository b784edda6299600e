import { optionalFact } from '../errors.ts';
import { parseCpuinfo } from '../sources/cpuinfo/parse.ts';
import type { HostReader } from '../types.ts';
import { type CpuList, countCpus, parseCpuList } from './cpu-list.ts';
import { readMachineModel } from './device-tree.ts';
import { known, readNumber, readWord } from './read.ts';
import { readTopology } from './topology.ts';

const SYS = '/sys/devices/system';

/** What the processors are. Counts are of those on line. */
export interface Processors {
  readonly cpus?: number;
  readonly cpu_model?: string;
  /** The machine around them, where cpuinfo or the device tree names it: `CHRP IBM,8375-42A`, `Raspberry Pi 4 Model B`. */
  readonly machine?: string;
  /** As the kernel lists them: `0-63`. */
  readonly cpus_present?: string;
  readonly cpus_online?: string;
  readonly sockets?: number;
  readonly cores?: number;
  /** The most that any core has. */
  readonly threads_per_core?: number;
  readonly numa_nodes?: number;
  /** What the hardware allows: the higher of the first and the last CPU, which differ where cores are big and little. */
  readonly cpu_mhz_max?: number;
  /** Of the first processor when the run began; on s390x and ppc64le its nominal frequency. */
  readonly cpu_mhz?: number;
}

/** Reads what /proc/cpuinfo and /sys/devices/system say; besides, whether /proc/cpuinfo says that they are virtual. */
export function readProcessors(host: HostReader): {
  readonly facts: Processors;
  readonly isVirtual: boolean | undefined;
} {
  const cpu = optionalFact(() => parseCpuinfo(host.readText('/proc/cpuinfo')));
  const online = parseCpuList(readWord(host, `${SYS}/cpu/online`));
  const nodes = parseCpuList(readWord(host, `${SYS}/node/online`));
  const topology = cpu?.topology ?? (online && readTopology(host, online));
  const facts = known<Processors>({
    cpus: cpu?.cpus ?? (online && countCpus(online)),
    cpu_model: cpu?.model,
    machine: cpu?.machine ?? readMachineModel(host),
    cpus_present: listText(host, 'present'),
    cpus_online: listText(host, 'online'),
    sockets: topology?.sockets,
    cores: topology?.cores,
    threads_per_core: topology?.threadsPerCore,
    numa_nodes: nodes && countCpus(nodes),
    cpu_mhz_max: online && readMaxMhz(host, online),
    cpu_mhz: cpu?.mhz,
  });
  return { facts, isVirtual: cpu?.isVirtual };
}

function listText(host: HostReader, name: string): string | undefined {
  const text = readWord(host, `${SYS}/cpu/${name}`);
  return parseCpuList(text) && text;
}

/** The kernel counts kHz here. */
function readMaxMhz(host: HostReader, online: CpuList): number | undefined {
  const ends = [online[0]?.[0], online.at(-1)?.[1]];
  const limits = ends.map((cpu) => readNumber(host, `${SYS}/cpu/cpu${cpu}/cpufreq/cpuinfo_max_freq`) ?? 0);
  const highest = Math.max(...limits);
  return highest > 0 ? highest / 1000 : undefined;
}
