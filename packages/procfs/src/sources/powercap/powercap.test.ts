import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openHost } from '../../reader.ts';
import { hostDenying, testRoot, UNREADABLE } from '../../test-root.ts';
import { sampleOf } from '../../test-sampling.ts';
import { powercapSource } from './index.ts';

/** A file that not even root may read. */

function zone(entry: string, name: string, energy: string, range?: string): Record<string, string> {
  const path = `/sys/class/powercap/${entry}`;
  return {
    [`${path}/name`]: `${name}\n`,
    [`${path}/energy_uj`]: energy,
    ...(range !== undefined && { [`${path}/max_energy_range_uj`]: `${range}\n` }),
  };
}

describe('the energy of processors', () => {
  test('goes by the names of zones within zones, with the range in which it counts', async () => {
    const { root } = testRoot({
      ...zone('intel-rapl:0', 'package-0', '201837194\n', '262143328850'),
      ...zone('intel-rapl:0:0', 'core', '5\n', '262143328850'),
      ...zone('intel-rapl:1:0', 'dram', '18446744073709551615\n'),
      ...zone('intel-rapl:1', 'package-1', '7\n', '65712999613'),
      ...zone('intel-rapl-mmio:0', 'package-0', '201837200\n', '262143328850'),
      '/sys/class/powercap/intel-rapl/enabled': '1\n',
    });
    expect((await sampleOf(powercapSource, openHost(root))).fields).toStrictEqual({
      'rapl_intel-rapl-mmio/package-0_energy_uj': 201837200,
      'rapl_intel-rapl-mmio/package-0_max_energy_range_uj': 262143328850,
      'rapl_package-0_energy_uj': 201837194,
      'rapl_package-0_max_energy_range_uj': 262143328850,
      'rapl_package-0/core_energy_uj': 5,
      'rapl_package-0/core_max_energy_range_uj': 262143328850,
      'rapl_package-1_energy_uj': 7,
      'rapl_package-1_max_energy_range_uj': 65712999613,
      'rapl_package-1/dram_energy_uj': '18446744073709551615',
    });
  });

  test('goes by the numbers of zones too where their names are the same', async () => {
    const { root } = testRoot({
      ...zone('intel-rapl:0', 'package-0', '1\n'),
      ...zone('intel-rapl:1', 'package-0', '2\n'),
    });
    expect((await sampleOf(powercapSource, openHost(root))).fields).toStrictEqual({
      'rapl_package-0.intel-rapl:0_energy_uj': 1,
      'rapl_package-0.intel-rapl:1_energy_uj': 2,
    });
  });

  test.skipIf(!existsSync(UNREADABLE))('is denied once, not failed, to those who may not read it', async () => {
    const host = testRoot({ ...zone('intel-rapl:0', 'package-0', ''), ...zone('intel-rapl:1', 'psys', '2\n') });
    const denying = hostDenying(host.root, ['/sys/class/powercap/intel-rapl:0/energy_uj']);
    const reading = sampleOf(powercapSource, denying);
    await expect(reading).rejects.toMatchObject({ reason: 'denied' });
    await expect(reading).rejects.toThrow(`cannot read ${UNREADABLE}: EACCES`);
  });

  test('is none without zones, and unavailable without the class', async () => {
    const { root } = testRoot({ '/sys/class/powercap/intel-rapl/enabled': '0\n' });
    expect((await sampleOf(powercapSource, openHost(root))).fields).toStrictEqual({});
    await expect(sampleOf(powercapSource, openHost(testRoot().root))).rejects.toMatchObject({ reason: 'unavailable' });
  });
});
