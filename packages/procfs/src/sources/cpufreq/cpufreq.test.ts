import { describe, expect, test } from 'vitest';
import { openHost } from '../../reader.ts';
import { testRoot } from '../../test-root.ts';
import { sampleOf } from '../../test-sampling.ts';
import { cpufreqSource } from './index.ts';

const CPU = '/sys/devices/system/cpu';

describe('the clock frequencies of CPUs', () => {
  test('are those of the policies, in their order', async () => {
    const { root } = testRoot({
      [`${CPU}/cpufreq/policy0/scaling_cur_freq`]: '2400000\n',
      [`${CPU}/cpufreq/policy2/scaling_cur_freq`]: '800000\n',
      [`${CPU}/cpufreq/policy10/scaling_cur_freq`]: '3600000\n',
      [`${CPU}/cpufreq/boost`]: '1\n',
    });
    const { fields } = await sampleOf(cpufreqSource, openHost(root));
    expect(Object.entries(fields)).toStrictEqual([
      ['cpufreq0_khz', 2400000],
      ['cpufreq2_khz', 800000],
      ['cpufreq10_khz', 3600000],
    ]);
  });

  test("are those of each policy's first CPU on kernels before 4.3", async () => {
    const cpu = (number: number, related: string, frequency: string) => ({
      [`${CPU}/cpu${number}/cpufreq/related_cpus`]: `${related}\n`,
      [`${CPU}/cpu${number}/cpufreq/scaling_cur_freq`]: `${frequency}\n`,
    });
    const { root } = testRoot({
      ...cpu(0, '0 1', '1200000'),
      ...cpu(1, '0 1', '1200000'),
      ...cpu(3, '2 3', '2500000'), // CPU 2 is off line
      [`${CPU}/cpufreq/boost`]: '1\n',
      [`${CPU}/cpuidle/current_driver`]: 'intel_idle\n',
    });
    const { fields } = await sampleOf(cpufreqSource, openHost(root));
    expect(fields).toStrictEqual({ cpufreq0_khz: 1200000, cpufreq3_khz: 2500000 });
  });

  test('are left out where the driver does not know them', async () => {
    const { root } = testRoot({
      [`${CPU}/cpufreq/policy0/scaling_cur_freq`]: '<unknown>\n',
      [`${CPU}/cpufreq/policy1/scaling_cur_freq`]: '',
      [`${CPU}/cpufreq/policy2/scaling_cur_freq`]: '12\n',
      [`${CPU}/cpufreq/policy3/scaling_driver`]: 'acpi-cpufreq\n',
    });
    const { fields, problems } = await sampleOf(cpufreqSource, openHost(root));
    expect(fields).toStrictEqual({ cpufreq2_khz: 12 });
    expect(problems).toStrictEqual([]);
  });

  test('are none on a machine without frequencies, and unavailable without /sys', async () => {
    const { root } = testRoot({ [`${CPU}/cpu0/online`]: '1\n' });
    expect((await sampleOf(cpufreqSource, openHost(root))).fields).toStrictEqual({});
    await expect(sampleOf(cpufreqSource, openHost(testRoot().root))).rejects.toMatchObject({ reason: 'unavailable' });
  });
});
