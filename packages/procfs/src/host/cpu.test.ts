import { describe, expect, test } from 'vitest';
import { readProcessors } from './cpu.ts';
import { parseCpuList } from './cpu-list.ts';
import { counting, hostOf } from './test-host.ts';

/** So many cores are counted. */
const MOST = 512;
const SYS = '/sys/devices/system';

/** arm64 as /proc/cpuinfo shows it: no topology. */
function arm64(cpus: number): string {
  return Array.from(
    { length: cpus },
    (_, at) => `processor\t: ${at}\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n\n`,
  ).join('');
}

interface Shape {
  readonly cpus: number;
  readonly perCore: number;
  readonly perSocket: number;
  /** The name of the lists before 5.4 was another. */
  readonly names?: readonly [string, string];
}

function topologyFiles({ cpus, perCore, perSocket, names = ['core_cpus_list', 'package_cpus_list'] }: Shape) {
  const files: Record<string, string> = { [`${SYS}/cpu/online`]: `0-${cpus - 1}\n` };
  for (let cpu = 0; cpu < cpus; cpu += 1) {
    const folder = `${SYS}/cpu/cpu${cpu}/topology`;
    // Only the first CPU of a group has a file: thousands of them would take the test seconds to make.
    if (cpu % perCore === 0 && cpu / perCore < MOST) files[`${folder}/${names[0]}`] = rangeAround(cpu, perCore);
    if (cpu % perSocket === 0) files[`${folder}/${names[1]}`] = rangeAround(cpu, perSocket);
  }
  return files;
}

function rangeAround(cpu: number, size: number): string {
  const first = cpu - (cpu % size);
  return size === 1 ? `${first}\n` : `${first}-${first + size - 1}\n`;
}

describe('sockets, cores and threads', () => {
  test('come from /sys where /proc/cpuinfo does not tell', () => {
    const host = hostOf({ '/proc/cpuinfo': arm64(32), ...topologyFiles({ cpus: 32, perCore: 4, perSocket: 16 }) });
    expect(readProcessors(host).facts).toMatchObject({ cpus: 32, sockets: 2, cores: 8, threads_per_core: 4 });
  });

  test('come from the lists of kernels before 5.4', () => {
    const names = ['thread_siblings_list', 'core_siblings_list'] as const;
    const host = hostOf(topologyFiles({ cpus: 4, perCore: 1, perSocket: 4, names }));
    expect(readProcessors(host).facts).toMatchObject({ cpus: 4, sockets: 1, cores: 4, threads_per_core: 1 });
  });

  test('of a big machine are read from a few files', () => {
    const files = topologyFiles({ cpus: 1536, perCore: 8, perSocket: 192 });
    const { host, paths } = counting(hostOf({ '/proc/cpuinfo': arm64(1536), ...files }));
    expect(readProcessors(host).facts).toMatchObject({ cpus: 1536, sockets: 8, cores: 192, threads_per_core: 8 });
    expect(paths.length).toBeLessThan(220);
  });

  test('of a machine of too many cores are not counted, and its sockets are', () => {
    const { host, paths } = counting(hostOf(topologyFiles({ cpus: 1500, perCore: 1, perSocket: 750 })));
    const { facts } = readProcessors(host);
    expect(facts).toMatchObject({ cpus: 1500, sockets: 2 });
    expect(facts).not.toHaveProperty('cores');
    expect(facts).not.toHaveProperty('threads_per_core');
    expect(paths.length).toBeLessThan(540);
  });

  test('on x86 are not read from /sys at all', () => {
    const cpuinfo = 'processor\t: 0\nphysical id\t: 0\nsiblings\t: 2\ncore id\t\t: 0\ncpu cores\t: 1\n';
    const { host, paths } = counting(
      hostOf({ '/proc/cpuinfo': cpuinfo, ...topologyFiles({ cpus: 8, perCore: 1, perSocket: 8 }) }),
    );
    expect(readProcessors(host).facts).toMatchObject({ sockets: 1, cores: 1, threads_per_core: 2 });
    expect(paths.filter((path) => path.includes('topology'))).toStrictEqual([]);
  });

  test('leave sockets out where firmware does not tell them', () => {
    const files = topologyFiles({ cpus: 4, perCore: 1, perSocket: 4 });
    const host = hostOf({ ...files, [`${SYS}/cpu/cpu0/topology/physical_package_id`]: '-1\n' });
    expect(readProcessors(host).facts).toStrictEqual({ cpus: 4, cpus_online: '0-3', cores: 4, threads_per_core: 1 });
  });

  test('are left out where one list is missing', () => {
    const files = topologyFiles({ cpus: 4, perCore: 1, perSocket: 2 });
    delete files[`${SYS}/cpu/cpu2/topology/core_cpus_list`];
    const { facts } = readProcessors(hostOf(files));
    expect(facts).toMatchObject({ sockets: 2 });
    expect(facts).not.toHaveProperty('cores');
  });
});

describe('processors', () => {
  test('are listed as the kernel lists them', () => {
    const host = hostOf({ [`${SYS}/cpu/online`]: '0-3,8,10-11\n', [`${SYS}/cpu/present`]: '0-15\n' });
    expect(readProcessors(host).facts).toStrictEqual({ cpus: 7, cpus_online: '0-3,8,10-11', cpus_present: '0-15' });
  });

  test.each(['', '\n', 'x', '0-', '0-3,'])('are not counted from %j', (text) => {
    expect(parseCpuList(text)).toBeUndefined();
    expect(readProcessors(hostOf({ [`${SYS}/cpu/online`]: text })).facts).toStrictEqual({});
  });

  test('have NUMA nodes', () => {
    expect(readProcessors(hostOf({ [`${SYS}/node/online`]: '0-1,8\n' })).facts).toStrictEqual({ numa_nodes: 3 });
  });

  test('have the highest frequency of the first and the last', () => {
    const host = hostOf({
      [`${SYS}/cpu/online`]: '0-7\n',
      [`${SYS}/cpu/cpu0/cpufreq/cpuinfo_max_freq`]: '1800000\n',
      [`${SYS}/cpu/cpu7/cpufreq/cpuinfo_max_freq`]: '2400000\n',
    });
    expect(readProcessors(host).facts).toMatchObject({ cpu_mhz_max: 2400 });
  });

  test('have no highest frequency where the kernel says none', () => {
    const host = hostOf({ [`${SYS}/cpu/online`]: '0\n', [`${SYS}/cpu/cpu0/cpufreq/cpuinfo_max_freq`]: '0\n' });
    expect(readProcessors(host).facts).not.toHaveProperty('cpu_mhz_max');
  });

  test('are in a machine that the device tree names', () => {
    const host = hostOf({ '/sys/firmware/devicetree/base/model': 'StarFive VisionFive V2\0' });
    expect(readProcessors(host).facts).toStrictEqual({ machine: 'StarFive VisionFive V2' });
  });
});
