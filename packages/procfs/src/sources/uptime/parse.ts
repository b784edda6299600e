import { FieldKey } from '../../scan/field-key.ts';
import { decimalEnd } from '../../scan/field-sink.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import { badLine, isWordEnd, skipBlanks } from '../../scan/text.ts';

const MINUS = 0x2d;

/**
 * Scans /proc/uptime: `uptime` and `uptime_idle`, seconds with two decimals.
 * @throws ParseError when it is not that one line
 */
export function uptimeScanner(): Scan {
  const [uptime, idle] = [new FieldKey('uptime'), new FieldKey('uptime_idle')];
  return (text, end, sink) => {
    const start = skipBlanks(text, 0);
    const at = sink.decimal(uptime, text, start);
    if (at === start || text[start] === MINUS || !isWordEnd(text, at) || text[at - 3] !== 0x2e)
      throw badLine('/proc/uptime', { text, at: 0, end, expected: '"350735.47 234388.90"' });
    const idleAt = skipBlanks(text, at);
    if (text[idleAt] !== MINUS && isWordEnd(text, decimalEnd(text, idleAt))) sink.decimal(idle, text, idleAt);
  };
}

export const parseUptime = parserOf(uptimeScanner);
