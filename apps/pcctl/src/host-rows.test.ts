import { expect, test } from 'vitest';
import { hostRows } from './host-rows.ts';

test('facts of a host are rows that a person can read', () => {
  const disks = Array.from({ length: 10 }, (_, at) => ({ name: `sd${at}`, size_bytes: 2 ** 40, rotational: false }));
  const host = {
    ...{ hostname: 'web01', cpus: 8, memory_kib: 16 * 2 ** 20, boot_time: 1_767_982_248, disks },
    cloud: { vendor: 'ec2', instance_type: 'm7g.large' },
  };
  expect(hostRows(host)).toEqual([
    ['hostname', 'web01'],
    ['cpus', '8'],
    ['memory', '16.0 GiB'],
    ['boot time', '2026-01-09 18:10:48'],
    ['disks', 'sd0: size 1.0 TiB, rotational false'],
    ...[1, 2, 3, 4, 5, 6, 7].map((at) => ['', `sd${at}: size 1.0 TiB, rotational false`]),
    ['', 'and 2 more'],
    ['cloud', 'vendor ec2, instance type m7g.large'],
  ]);
});

test('a header without a host, or with anything else, has no rows', () => {
  expect([undefined, null, 'x', 5].flatMap(hostRows)).toEqual([]);
});
