import type { Fields } from '../types.ts';
import { FieldCollector, type FieldSink } from './field-sink.ts';

/**
 * Reads one kernel file's text into a sink; it may remember names from one text to the next.
 * @param text its bytes, with a NUL behind them
 * @param end how many there are
 * @throws ParseError when the text is not what the kernel prints
 */
export type Scan = (text: Uint8Array, end: number, sink: FieldSink) => void;

/**
 * The parser of texts that a scanner makes: text in, fields out. A text of a collection was recorded whole, so its last
 * number is, too, where a tool has taken its line feed away.
 */
export function parserOf(scanner: () => Scan): (text: string) => Fields {
  return (text) => {
    const bytes = Buffer.from(`${text}\n\0`);
    const collector = new FieldCollector();
    scanner()(bytes, bytes.length - 2, collector);
    return collector.fields;
  };
}

/** How long a scanner's names hold, milliseconds. */
const RENEW_MS = 60_000;

/** A scanner that is made anew once a minute, so that a device that was renamed gets its new name. */
export function renewedScan(make: () => Scan): Scan {
  let scan = make();
  let madeAt = performance.now();
  return (text, end, sink) => {
    if (performance.now() - madeAt > RENEW_MS) {
      scan = make();
      madeAt = performance.now();
    }
    scan(text, end, sink);
  };
}
