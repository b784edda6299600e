import { FieldKey } from './field-key.ts';
import type { Scan } from './scanner.ts';
import { badLine, endValue, isWordEnd, skipBlanks } from './text.ts';

/** Scans a file that holds one count and nothing else. @throws ParseError */
export function singleCountScanner(path: string, field: string): Scan {
  const key = new FieldKey(field);
  return (text, end, sink) => {
    endValue(text, end);
    const start = skipBlanks(text, 0);
    const stop = sink.count(key, text, start);
    if (stop === start || !isWordEnd(text, stop)) throw badLine(path, { text, at: 0, end, expected: 'a count' });
  };
}
