import { FieldKey } from '../../scan/field-key.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import { badLine, isWordEnd, skipBlanks } from '../../scan/text.ts';

const SLASH = 0x2f;
const MINUS = 0x2d;

/**
 * Scans /proc/loadavg: `loadavg_1min`, `loadavg_5min`, `loadavg_15min`, `processes_running`, `processes_total`,
 * `processes_last_pid`.
 * @throws ParseError when it is not that one line
 */
export function loadavgScanner(): Scan {
  const averages = ['1min', '5min', '15min'].map((stat) => new FieldKey(`loadavg_${stat}`));
  const [running, total, lastPid] = ['running', 'total', 'last_pid'].map(
    (stat) => new FieldKey(`processes_${stat}`),
  ) as [FieldKey, FieldKey, FieldKey];
  return (text, end, sink) => {
    const bad = () => badLine('/proc/loadavg', { text, at: 0, end, expected: '"0.20 0.18 0.12 1/80 11206"' });
    let at = 0;
    for (const key of averages) {
      const start = skipBlanks(text, at);
      at = sink.decimal(key, text, start);
      if (at === start || text[start] === MINUS || !isWordEnd(text, at) || text[at - 3] !== 0x2e) throw bad();
    }
    const tasks = skipBlanks(text, at);
    const slash = sink.count(running, text, tasks);
    if (slash === tasks || text[slash] !== SLASH) throw bad();
    const after = sink.count(total, text, slash + 1);
    if (after === slash + 1 || !isWordEnd(text, after)) throw bad();
    sink.count(lastPid, text, skipBlanks(text, after));
  };
}

export const parseLoadavg = parserOf(loadavgScanner);
