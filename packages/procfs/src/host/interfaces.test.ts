import { describe, expect, test } from 'vitest';
import { readInterfaces } from './interfaces.ts';
import { hostOf } from './test-host.ts';

const NET = '/sys/class/net';

function net(name: string, files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${NET}/${name}/${path}`, text]));
}

function uevent(name: string, index: number, type?: string): { uevent: string } {
  return { uevent: `${type === undefined ? '' : `DEVTYPE=${type}\n`}INTERFACE=${name}\nIFINDEX=${index}\n` };
}

/** One end of a pair; the other has another index, in another namespace. */
function veth(name: string, index: number): Record<string, string> {
  return net(name, { ...uevent(name, index), type: '1\n', iflink: `${index + 1000}\n`, mtu: '1500\n' });
}

const eth0 = net('eth0', {
  ...uevent('eth0', 2),
  'device/uevent': 'DRIVER=ixgbe\nPCI_SLOT_NAME=0000:03:00.0\n',
  ...{ type: '1\n', iflink: '2\n', speed: '10000\n', duplex: 'full\n', mtu: '9000\n' },
  address: '52:54:00:12:34:56\n',
});
const seenEth0 = { name: 'eth0', kind: 'ethernet', driver: 'ixgbe', speed_mbit: 10000, duplex: 'full', mtu: 9000 };

describe('interfaces', () => {
  test('of hardware have a driver, a speed and a duplex, and no address', () => {
    expect(readInterfaces(hostOf(eth0), { withVeth: false })).toStrictEqual({ interfaces: [seenEth0] });
  });

  test('have the driver that a link names', () => {
    const host = hostOf(
      { '/sys/devices/pci0/net/eth1/type': '1\n', '/sys/devices/pci0/uevent': 'PCI_CLASS=20000\n' },
      {
        [`${NET}/eth1`]: '../../devices/pci0/net/eth1',
        '/sys/devices/pci0/net/eth1/device': '../..',
        '/sys/devices/pci0/driver': '../../bus/pci/drivers/igb',
      },
    );
    const { interfaces } = readInterfaces(host, { withVeth: false });
    expect(interfaces).toStrictEqual([{ name: 'eth1', kind: 'ethernet', driver: 'igb' }]);
  });

  test.each([
    ['bond0', 'bond'],
    ['br0', 'bridge'],
    ['eth0.100', 'vlan'],
    ['wlan0', 'wlan'],
    ['wg0', 'wireguard'],
  ])('%s is what the kernel calls a %s', (name, kind) => {
    const host = hostOf(net(name, { ...uevent(name, 7, kind), type: '1\n' }));
    expect(readInterfaces(host, { withVeth: false }).interfaces).toStrictEqual([{ name, kind }]);
  });

  test.each([
    [{ type: '772\n' }, { kind: 'loopback' }],
    [{ type: '32\n' }, { kind: 'infiniband' }],
    [{ type: '1\n', tun_flags: '0x1002\n' }, { kind: 'tun' }],
    [{ type: '1\n', iflink: '7\n' }, {}],
    [{ type: '1\n', iflink: '0\n' }, {}],
    [{ type: '768\n', iflink: '2\n' }, {}],
    [{ type: '1\n' }, {}],
    [{}, {}],
  ])('with %j are %j', (files, want) => {
    const host = hostOf(net('x0', { ...uevent('x0', 7), ...files }));
    expect(readInterfaces(host, { withVeth: false }).interfaces).toStrictEqual([{ name: 'x0', ...want }]);
  });

  test.each(['-1\n', '4294967295\n', '65535\n', '0\n', ''])('have no speed where the kernel says %j', (speed) => {
    const host = hostOf({ ...eth0, [`${NET}/eth0/speed`]: speed, [`${NET}/eth0/duplex`]: 'unknown\n' });
    const { speed_mbit: _speed, duplex: _duplex, ...rest } = seenEth0;
    expect(readInterfaces(host, { withVeth: false }).interfaces).toStrictEqual([rest]);
  });

  test('leave the ends of containers out, whatever they are called', () => {
    const host = hostOf({ ...eth0, ...veth('veth1a2b3c4', 5), ...veth('cali0123456789a', 6) });
    expect(readInterfaces(host, { withVeth: false })).toStrictEqual({ interfaces: [seenEth0] });
  });

  test('of a container are the other ends', () => {
    expect(readInterfaces(hostOf(veth('eth0', 2)), { withVeth: true })).toStrictEqual({
      interfaces: [{ name: 'eth0', kind: 'veth', mtu: 1500 }],
    });
  });

  test('are not the file of the bonding driver', () => {
    expect(readInterfaces(hostOf({ [`${NET}/bonding_masters`]: 'bond0\n' }), { withVeth: false })).toStrictEqual({});
  });

  test('beyond 256 are counted, and hardware is listed first', () => {
    const bridges = Array.from({ length: 270 }, (_, at) => net(`br${at}`, uevent(`br${at}`, at + 10, 'bridge')));
    const ends = Array.from({ length: 20 }, (_, at) => veth(`lxc${at}`, at + 400));
    const host = hostOf(Object.assign({}, eth0, ...bridges, ...ends));
    const { interfaces = [], interfaces_left_out } = readInterfaces(host, { withVeth: false });
    expect(interfaces).toHaveLength(256);
    expect(interfaces.slice(0, 3).map(({ name }) => name)).toStrictEqual(['eth0', 'br0', 'br1']);
    expect(interfaces_left_out).toBe(15);
  });
});
