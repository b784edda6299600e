import { describe, expect, test } from 'vitest';
import { openHost } from '../reader.ts';
import { readHostFacts } from './host-facts.ts';
import { counting, hostOf } from './test-host.ts';

describe('the facts of a host', () => {
  test('are those of all parts', () => {
    const host = hostOf({
      '/proc/sys/kernel/hostname': 'web01\n',
      '/proc/sys/kernel/osrelease': '6.1.0\n',
      '/proc/sys/kernel/arch': 'aarch64\n',
      '/proc/stat': 'cpu  1 2 3 4 5 6 7 8 9 10\nbtime 1726903544\n',
      '/proc/meminfo': 'MemTotal:       16266544 kB\nSwapTotal:             0 kB\n',
      '/etc/os-release': 'NAME=Debian\nID=debian\nVERSION_ID="12"\n',
      '/sys/devices/system/cpu/online': '0-1\n',
      '/sys/class/dmi/id/sys_vendor': 'Amazon EC2\n',
      '/sys/class/dmi/id/product_name': 'm6g.medium\n',
      '/sys/block/nvme0n1/size': '8\n',
      '/sys/class/net/ens5/mtu': '9001\n',
    });
    expect(readHostFacts(host)).toStrictEqual({
      scope: `a capture, or another kernel's files, below ${host.root}`,
      hostname: 'web01',
      kernel: '6.1.0',
      arch: 'aarch64',
      os: 'Debian',
      os_id: 'debian',
      os_version: '12',
      cpus: 2,
      cpus_online: '0-1',
      memory_kib: 16266544,
      swap_kib: 0,
      boot_time: 1726903544,
      virtualization: 'amazon',
      cloud: { vendor: 'aws', instance_type: 'm6g.medium' },
      disks: [{ name: 'nvme0n1', size_bytes: 4096 }],
      interfaces: [{ name: 'ens5', mtu: 9001 }],
    });
  });

  test('without any file are the scope alone, and none of ours', () => {
    const host = hostOf({});
    expect(readHostFacts(host)).toStrictEqual({ scope: `a capture, or another kernel's files, below ${host.root}` });
  });

  test('are left out where a file is not what it should be', () => {
    const garbage = ['/proc/cpuinfo', '/proc/stat', '/proc/meminfo', '/sys/devices/system/cpu/online'];
    const files = Object.fromEntries(garbage.map((path) => [path, 'garbage\n']));
    const host = hostOf({ ...files, '/proc/sys/kernel/hostname': '\n', '/proc/sys/kernel/osrelease': '6.1.0\n' });
    const { scope: _, ...facts } = readHostFacts(host);
    expect(facts).toStrictEqual({ kernel: '6.1.0' });
  });

  test('of this host come from no file that holds a serial number, a UUID or an address', () => {
    const { host, paths } = counting(openHost());
    readHostFacts(host);
    expect(paths).toContain('/proc/cpuinfo');
    const names = paths.flatMap((path) => path.split(' ')).map((path) => path.split('/').at(-1) ?? '');
    expect(names.filter((name) => /serial|uuid|wwid|address|machine-id/.test(name))).toStrictEqual([]);
  });
});
