import { columnsOf } from '../../count.ts';
import { ParseError } from '../../errors.ts';
import type { Fields } from '../../types.ts';

/**
 * Reads /proc/uptime: `uptime` and `uptime_idle`, seconds with two decimals.
 * @throws ParseError when it is not that one line
 */
export function parseUptime(text: string): Fields {
  const [uptime, idle] = columnsOf(text.split('\n')[0] ?? '');
  const isSeconds = (column: string | undefined) => /^\d{1,15}\.\d+$/.test(column ?? '');
  if (!isSeconds(uptime)) throw new ParseError('/proc/uptime', { line: 1, text, expected: '"350735.47 234388.90"' });
  return { uptime: Number(uptime), ...(isSeconds(idle) && { uptime_idle: Number(idle) }) };
}
