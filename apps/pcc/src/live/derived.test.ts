import type { Fields } from '@perfcollector/procfs';
import { describe, expect, test } from 'vitest';
import { type Derived, liveDerivation } from './derived.ts';

const groups = new Set(['cpu', 'mem', 'net', 'process']);

function derivedFrom(...samples: readonly (readonly [timestamp: number, fields: Fields])[]): Derived[] {
  const derive = liveDerivation({ run: {}, groups });
  return samples.map(([timestamp, fields]) => derive({ timestamp, fields }));
}

const cpu = (user: number, idle: number) => ({ cpu_user: user, cpu_nice: 0, cpu_system: 0, cpu_idle: idle });

describe('live derivation', () => {
  test('gives gauges at once, rates and shares from the second sample on', () => {
    const [first, second] = derivedFrom(
      [100, { ...cpu(10, 90), mem_free: 5, net_eth0_rx_bytes: 1000 }],
      [102, { ...cpu(60, 240), mem_free: 7, net_eth0_rx_bytes: 3000 }],
    );
    expect(first?.seconds).toBeUndefined();
    expect(first?.fields.get('mem_free')).toEqual({ value: 5 });
    expect(first?.fields.get('cpu_user')).toEqual({});
    expect(first?.fields.get('net_eth0_rx_bytes')).toEqual({ value: 1000 });
    expect(second?.seconds).toBe(2);
    expect(second?.fields.get('cpu_user')).toEqual({ share: 25 });
    expect(second?.fields.get('net_eth0_rx_bytes')).toEqual({ value: 3000, rate: 1000 });
    expect(second?.devices.get('net')?.get('eth0')?.get('rx_bytes')).toEqual({ value: 3000, rate: 1000 });
    expect(second?.devices.get('cpu')?.get('')?.get('idle')).toEqual({ share: 75 });
  });

  test('a device that has just come has no rate, and costs the others none', () => {
    const [, second, third] = derivedFrom(
      [100, { net_a_rx_bytes: 10 }],
      [101, { net_a_rx_bytes: 30, net_b_rx_bytes: 500 }],
      [102, { net_b_rx_bytes: 540 }],
    );
    expect(second?.fields.get('net_a_rx_bytes')?.rate).toBe(20);
    expect(second?.fields.get('net_b_rx_bytes')).toEqual({ value: 500 });
    expect(third?.fields.get('net_b_rx_bytes')?.rate).toBe(40);
    expect(third?.devices.get('net')?.has('a')).toBe(false);
  });

  test('a counter that fell has no rate', () => {
    const [, second] = derivedFrom([100, { net_a_rx_bytes: 1000 }], [101, { net_a_rx_bytes: 3 }]);
    expect(second?.fields.get('net_a_rx_bytes')).toEqual({ value: 3 });
  });

  test('passes over other groups and names that no source gives', () => {
    const [only] = derivedFrom([100, { vm_pgfault: 1, toString: 'x', mem_free: 1 }]);
    expect([...(only?.fields.keys() ?? [])]).toEqual(['mem_free']);
  });
});
