import type { Topology } from '../sources/cpuinfo/parse.ts';
import type { HostReader } from '../types.ts';
import { type CpuList, countCpus, cpusOf, parseCpuList } from './cpu-list.ts';
import { known, readWord } from './read.ts';

const CPUS = '/sys/devices/system/cpu';
/** So many files are read at most to count sockets, and as many again for cores: some milliseconds. */
const MOST_FILES = 512;

/**
 * Counts sockets and cores from the lists of siblings in /sys (Documentation/ABI/stable/sysfs-devices-system-cpu), for
 * architectures whose cpuinfo does not. Each list names all CPUs of a socket or core, so only one CPU of each is
 * asked.
 */
export function readTopology(host: HostReader, online: CpuList): Topology {
  const first = `${CPUS}/cpu${online[0]?.[0]}/topology`;
  // Where firmware does not describe the machine, every package is -1: unknown, not one socket.
  const isPlaced = !readWord(host, `${first}/physical_package_id`)?.startsWith('-');
  const sockets = isPlaced ? countGroups(host, online, ['package_cpus_list', 'core_siblings_list']) : undefined;
  const cores = countGroups(host, online, ['core_cpus_list', 'thread_siblings_list']);
  return known<Topology>({ sockets: sockets?.count, cores: cores?.count, threadsPerCore: cores?.largest });
}

/** How many groups the CPUs form, and the size of the largest; undefined where the files are missing or too many. */
function countGroups(
  host: HostReader,
  online: CpuList,
  names: readonly string[],
): { count: number; largest: number } | undefined {
  const waiting = new Set(cpusOf(online));
  let [count, largest] = [0, 0];
  for (const cpu of waiting) {
    if (count === MOST_FILES) return undefined;
    const group = parseCpuList(readWord(host, ...names.map((name) => `${CPUS}/cpu${cpu}/topology/${name}`)));
    if (group === undefined) return undefined;
    for (const sibling of [cpu, ...cpusOf(group)]) waiting.delete(sibling);
    count += 1;
    largest = Math.max(largest, countCpus(group));
  }
  return { count, largest };
}
