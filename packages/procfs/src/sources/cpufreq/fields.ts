import type { FieldSpec } from '../../types.ts';

export const cpufreqFields: readonly FieldSpec[] = [{ stat: 'khz', kernel: 'scaling_cur_freq', unit: 'kHz', kind: 'gauge', about: 'Clock frequency of the CPUs that share this policy: as measured where the hardware can, else as last set.' }];
