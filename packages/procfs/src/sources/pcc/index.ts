/**
 * What the agent itself costs and how well it does: put into each sample by the agent, not read from a file.
 *
 *     pcc_tick_cpu_us 241 pcc_late_ms 1 pcc_missed_ticks 0
 */
import type { Source } from '../../types.ts';
import { selfFields } from './fields.ts';

export const pccSource: Source = {
  name: 'pcc',
  subsystem: 'pcc',
  groups: [{ group: 'pcc', device: 'none', fields: selfFields, isLast: true }],
};
