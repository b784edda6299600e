import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostRoot } from '@perfcollector/testing';
import { expect, onTestFinished, test } from 'vitest';
import { openHost } from '../reader.ts';
import { type HostFacts, readHostFacts } from './host-facts.ts';

/** What a person reads off the files of a capture; most have no /sys. */
const expected: Record<string, HostFacts> = {
  'centos7-3.10-x86_64': {
    hostname: 'c7.example.com',
    kernel: '3.10.0-1160.118.1.el7.x86_64',
    os: 'CentOS Linux 7 (Core)',
    os_id: 'centos',
    os_version: '7',
    cpus: 4,
    cpu_model: 'Intel(R) Xeon(R) CPU E5-2680 v3 @ 2.50GHz',
    sockets: 2,
    cores: 4,
    threads_per_core: 1,
    cpu_mhz: 2499.998,
    memory_kib: 16266544,
    swap_kib: 8257532,
    boot_time: 1717398122,
    virtualization: 'unknown',
  },
  'rocky8-4.18-x86_64': {
    hostname: 'rocky8.example.com',
    kernel: '4.18.0-553.16.1.el8_10.x86_64',
    os: 'Rocky Linux 8.10 (Green Obsidian)',
    os_id: 'rocky',
    os_version: '8.10',
    cpus: 8,
    cpu_model: 'Intel(R) Xeon(R) E-2274G CPU @ 4.00GHz',
    cpus_present: '0-7',
    cpus_online: '0-7',
    sockets: 1,
    cores: 4,
    threads_per_core: 2,
    numa_nodes: 1,
    cpu_mhz_max: 4900,
    cpu_mhz: 4000,
    memory_kib: 32605816,
    swap_kib: 16449532,
    boot_time: 1724231904,
    virtualization: 'none',
    disks: [
      {
        name: 'nvme0n1',
        model: 'SAMSUNG MZVLB512HBJQ-00000',
        size_bytes: 512110190592,
        rotational: false,
        logical_block: 512,
      },
      {
        name: 'nvme1n1',
        model: 'INTEL SSDPE2KX040T8',
        size_bytes: 3840755982336,
        rotational: false,
        logical_block: 512,
      },
      {
        name: 'nvme2n1',
        model: 'INTEL SSDPE2KX040T8',
        size_bytes: 3840755982336,
        rotational: false,
        logical_block: 512,
      },
      { name: 'dm-0', label: 'rl-root', size_bytes: 75161927680, rotational: false, logical_block: 512 },
      { name: 'dm-1', label: 'rl-swap', size_bytes: 17179869184, rotational: false, logical_block: 512 },
      { name: 'dm-2', label: 'rl-home', size_bytes: 419388456960, rotational: false, logical_block: 512 },
      { name: 'md127', label: 'data', size_bytes: 7681245446144, rotational: false, logical_block: 512 },
    ],
    interfaces: [
      { name: 'eno1', kind: 'ethernet', driver: 'igb', speed_mbit: 1000, duplex: 'full', mtu: 1500 },
      { name: 'eno2', kind: 'ethernet', driver: 'igb', mtu: 1500 },
      { name: 'eno1.100', kind: 'vlan', speed_mbit: 1000, duplex: 'full', mtu: 1500 },
      { name: 'lo', kind: 'loopback', mtu: 65536 },
      { name: 'virbr0', kind: 'bridge', mtu: 1500 },
    ],
  },
  'debian12-6.1-aarch64': {
    hostname: 'rpi4',
    kernel: '6.1.0-25-arm64',
    os: 'Debian GNU/Linux 12 (bookworm)',
    os_id: 'debian',
    os_version: '12',
    cpus: 4,
    cpu_model: 'Arm Cortex-A72',
    machine: 'Raspberry Pi 4 Model B Rev 1.1',
    cpus_present: '0-3',
    cpus_online: '0-3',
    sockets: 1,
    cores: 4,
    threads_per_core: 1,
    cpu_mhz_max: 1500,
    memory_kib: 3885396,
    swap_kib: 102396,
    boot_time: 1726903544,
    disks: [{ name: 'mmcblk0', model: 'SD32G', size_bytes: 31914983424, rotational: false, logical_block: 512 }],
    interfaces: [
      { name: 'eth0', kind: 'ethernet', driver: 'bcmgenet', speed_mbit: 1000, duplex: 'full', mtu: 1500 },
      { name: 'wlan0', kind: 'wlan', driver: 'brcmfmac', mtu: 1500 },
      { name: 'lo', kind: 'loopback', mtu: 65536 },
    ],
  },
  'ubuntu24.04-6.8-x86_64': {
    hostname: 'noble',
    kernel: '6.8.0-45-generic',
    os: 'Ubuntu 24.04.1 LTS',
    os_id: 'ubuntu',
    os_version: '24.04',
    cpus: 4,
    cpu_model: 'AMD EPYC 7R13 Processor',
    sockets: 1,
    cores: 2,
    threads_per_core: 2,
    cpu_mhz: 2649.998,
    memory_kib: 8131688,
    swap_kib: 0,
    boot_time: 1726481533,
    virtualization: 'unknown',
  },
  'alpine3.19-6.6-x86_64': {
    hostname: 'alpine',
    kernel: '6.6.14-0-virt',
    os: 'Alpine Linux v3.19',
    os_id: 'alpine',
    os_version: '3.19.1',
    cpus: 1,
    cpu_model: 'Intel Xeon Processor (Skylake, IBRS)',
    sockets: 1,
    cores: 1,
    threads_per_core: 1,
    cpu_mhz: 2394.454,
    memory_kib: 1004552,
    swap_kib: 1048572,
    boot_time: 1706712344,
    virtualization: 'unknown',
  },
  'debian12-6.18-x86_64': {
    hostname: 'host1',
    kernel: '6.18.44',
    arch: 'x86_64',
    os: 'Debian GNU/Linux 12 (bookworm)',
    os_id: 'debian',
    os_version: '12',
    cpus: 2,
    cpu_model: 'AMD EPYC',
    sockets: 1,
    cores: 2,
    threads_per_core: 1,
    cpu_mhz: 2596.13,
    memory_kib: 24684084,
    swap_kib: 0,
    boot_time: 1795239983,
    virtualization: 'unknown',
  },
};

test('every captured host is expected, and no other', () => {
  expect(readdirSync(hostRoot('')).sort()).toStrictEqual(Object.keys(expected).sort());
});

test.each(Object.entries(expected))('%s', (name, want) => {
  const root = hostRoot(name);
  const scope = `a capture, or another kernel's files, below ${root}`;
  expect(readHostFacts(openHost(root))).toStrictEqual({ scope, ...want });
});

test('a new capture of this host has the facts of this host', () => {
  const folder = mkdtempSync(join(tmpdir(), 'capture-host-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const script = fileURLToPath(new URL('../../../../scripts/capture-host.sh', import.meta.url));
  execFileSync('sh', [script, folder], { stdio: 'ignore' });
  // The kernel cannot be asked for its units, nor a process for its namespaces; frequencies change.
  const { scope: _scope, clock_ticks: _ticks, page_size: _size, container: _own, ...own } = readHostFacts(openHost());
  const { container: _captured, ...captured } = readHostFacts(openHost(folder));
  expect({ ...captured, cpu_mhz: own.cpu_mhz }).toStrictEqual({
    ...own,
    scope: `a capture, or another kernel's files, below ${folder}`,
    hostname: 'host1',
    cpu_mhz: own.cpu_mhz,
  });
});
