import type { Sample } from '@perfcollector/collection';
import type { Fields } from '@perfcollector/procfs';
import { expect, test } from 'vitest';
import { type Readings, readingsOf } from './readings.ts';

const at = (seconds: number, fields: Fields): Sample => ({ timestamp: 1767225600 + seconds, fields });
const CPU = { cpu_user: 0, cpu_nice: 0, cpu_system: 0, cpu_idle: 0, cpu_iowait: 0 };
const NOTHING: Readings = {
  seconds: undefined,
  cpuBusy: undefined,
  memoryUsed: undefined,
  diskRead: undefined,
  diskWritten: undefined,
  netReceived: undefined,
  netSent: undefined,
};

test('a CPU that idles or waits for I/O is not busy', () => {
  const busy = readingsOf({})(
    at(0, CPU),
    at(10, { ...CPU, cpu_user: 20, cpu_system: 10, cpu_idle: 50, cpu_iowait: 20 }),
  );
  expect(busy).toEqual({ ...NOTHING, seconds: 10, cpuBusy: 30 });
});

test('memory is used that is not available', () => {
  expect(readingsOf({})(undefined, at(0, { mem_total: 1000, mem_available: 750, mem_free: 10 }))).toEqual({
    ...NOTHING,
    memoryUsed: 25,
  });
});

test('whole disks are added up, in bytes, and interfaces but the loopback', () => {
  const disk = (name: string, count: number) => ({
    [`disk_${name}_read_sectors`]: count,
    [`disk_${name}_write_sectors`]: 2 * count,
  });
  const net = (name: string, count: number) => ({
    [`net_${name}_rx_bytes`]: count,
    [`net_${name}_tx_bytes`]: 3 * count,
  });
  const all = (count: number): Fields => ({
    ...disk('sda', count),
    ...disk('sda1', count),
    ...disk('nvme0n1', count),
    ...disk('dm-0', count),
    ...net('lo', count),
    ...net('eth0', count),
    ...net('eth1', count),
  });
  expect(readingsOf({})(at(0, all(100)), at(10, all(200)))).toEqual({
    ...NOTHING,
    seconds: 10,
    diskRead: 10 * 512 * 2,
    diskWritten: 20 * 512 * 2,
    netReceived: 20,
    netSent: 60,
  });
});

test('a device that came just now hides no other, and one alone has no rate yet', () => {
  const read = readingsOf({});
  const [one, two] = [at(0, { net_eth0_rx_bytes: 10 }), at(1, { net_eth0_rx_bytes: 20, net_eth1_rx_bytes: 5000 })];
  expect(read(one, two).netReceived).toBe(10);
  expect(read(at(0, {}), two).netReceived).toBeUndefined();
  expect(read(two, at(2, { net_eth0_rx_bytes: 21, net_eth1_rx_bytes: 5001 })).netReceived).toBe(2);
});

test('what cannot be derived is not there: the first sample, a reboot, a host without the file', () => {
  const read = readingsOf({});
  const full = { ...CPU, cpu_user: 5, uptime: 100, net_eth0_rx_bytes: 10 };
  expect(read(undefined, at(0, full))).toEqual(NOTHING);
  expect(read(at(0, full), at(10, { ...full, uptime: 3 }))).toEqual(NOTHING);
  expect(read(at(0, {}), at(10, {}))).toEqual({ ...NOTHING, seconds: 10 });
});
