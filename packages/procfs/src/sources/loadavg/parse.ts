import { columnsOf } from '../../count.ts';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';

/**
 * Reads /proc/loadavg: `loadavg_1min`, `loadavg_5min`, `loadavg_15min`, `processes_running`, `processes_total`,
 * `processes_last_pid`.
 * @throws ParseError when it is not that one line
 */
export function parseLoadavg(text: string): Fields {
  const [one, five, fifteen, tasks, lastPid] = columnsOf(text.split('\n')[0] ?? '');
  const averages = [one, five, fifteen];
  const match = /^(\d{1,15})\/(\d{1,15})$/.exec(tasks ?? '');
  if (!match || !averages.every((column) => /^\d{1,15}\.\d+$/.test(column ?? ''))) {
    throw new ParseError('/proc/loadavg', { line: 1, text, expected: '"0.20 0.18 0.12 1/80 11206"' });
  }
  return {
    loadavg_1min: Number(one),
    loadavg_5min: Number(five),
    loadavg_15min: Number(fifteen),
    processes_running: Number(match[1]),
    processes_total: Number(match[2]),
    ...(/^\d{1,15}$/.test(lastPid ?? '') && { processes_last_pid: Number(lastPid) }),
  };
}
