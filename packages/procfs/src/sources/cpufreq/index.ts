/**
 * /sys/devices/system/cpu/cpufreq/policy<n>/scaling_cur_freq: the clock frequency of the CPUs that are switched together.
 * Documentation/admin-guide/pm/cpufreq.rst; drivers/cpufreq/cpufreq.c, show_scaling_cur_freq().
 *
 *     2400000
 *
 * The policy's number is that of its first CPU. Before 4.3 there are no policies in that directory, and each CPU has its
 * own `cpufreq`, the same one where CPUs share a policy. cpuinfo_cur_freq, which asks the hardware, is for root alone.
 * From 4.13 to 5.17 reading it on x86 interrupts a CPU that was not asked within the last 10 ms, an idle one too.
 */
import { type DeviceFile, deviceFiles } from '../../device-files.ts';
import { optionalFact } from '../../errors.ts';
import type { HostReader, Source } from '../../types.ts';
import { valueFile } from '../../value-file.ts';
import { cpufreqFields } from './fields.ts';

const CPUS = '/sys/devices/system/cpu';
const POLICIES = `${CPUS}/cpufreq`;

export const cpufreqSource: Source = {
  name: 'cpufreq',
  subsystem: POLICIES,
  groups: [{ group: 'cpufreq', device: 'glued', fields: cpufreqFields }],
  open: (host) => deviceFiles(host, () => frequencyFiles(host)),
};

function frequencyFiles(host: HostReader): DeviceFile[] {
  const entries = optionalFact(() => host.list(POLICIES));
  const policies = numbered(entries ?? [], /^policy(\d+)$/).map((policy) => ({
    cpu: policy,
    path: `${POLICIES}/policy${policy}`,
  }));
  // Where neither is there, the error is that of the CPUs' directory.
  const found = policies.length > 0 ? policies : firstCpus(host, numbered(host.list(CPUS), /^cpu(\d+)$/));
  return found.map(({ cpu, path }) => valueFile(`${path}/scaling_cur_freq`, `cpufreq${cpu}_khz`));
}

/** The CPUs of old kernels, each policy's first one that is on line. */
function firstCpus(host: HostReader, cpus: readonly number[]): { cpu: number; path: string }[] {
  const seen = new Set<string>();
  return cpus.flatMap((cpu) => {
    const path = `${CPUS}/cpu${cpu}/cpufreq`;
    const related = optionalFact(() => host.readText(`${path}/related_cpus`).trim());
    if (related === undefined || seen.has(related)) return [];
    seen.add(related);
    return [{ cpu, path }];
  });
}

function numbered(names: readonly string[], pattern: RegExp): number[] {
  return names.flatMap((name) => pattern.exec(name)?.slice(1).map(Number) ?? []).sort((a, b) => a - b);
}
