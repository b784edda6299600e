import { describe, expect, test } from 'vitest';
import { openHost } from '../../reader.ts';
import { testRoot } from '../../test-root.ts';
import { sampleOf } from '../../test-sampling.ts';
import { infinibandSource } from './index.ts';

describe('InfiniBand ports', () => {
  test('have the counters that their adapters have', async () => {
    const { root } = testRoot({
      '/sys/class/infiniband/mlx5_0/ports/1/counters/port_xmit_data': '18446744073709551615\n',
      '/sys/class/infiniband/mlx5_0/ports/1/counters/VL15_dropped': '0\n',
      '/sys/class/infiniband/mlx5_0/ports/1/counters/port_rcv_data': 'N/A (no PMA)\n',
      '/sys/class/infiniband/mlx5_0/ports/1/hw_counters/out_of_sequence': '12\n',
      '/sys/class/infiniband/mlx5_0/ports/1/hw_counters/lifespan': '10\n',
      '/sys/class/infiniband/mlx5_0/ports/2/counters/link_downed': '3\n',
      '/sys/class/infiniband/rxe0/node_type': '1: CA\n',
    });
    const { fields, problems } = await sampleOf(infinibandSource, openHost(root));
    expect(fields).toStrictEqual({
      'ib_mlx5_0/1_port_xmit_data': '18446744073709551615',
      'ib_mlx5_0/1_VL15_dropped': 0,
      'ib_mlx5_0/1_out_of_sequence': 12,
      'ib_mlx5_0/2_link_downed': 3,
    });
    expect(problems).toStrictEqual([]);
  });

  test('are unavailable on a host without them, and read only where asked for', async () => {
    await expect(sampleOf(infinibandSource, openHost(testRoot().root))).rejects.toMatchObject({
      reason: 'unavailable',
    });
    expect(infinibandSource.isOptional).toBe(true);
  });
});
