import { FieldKey } from '../../scan/field-key.ts';
import type { FieldSink } from '../../scan/field-sink.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import { badLine, isWordEnd, lineEnd, skipBlanks, wordEnd } from '../../scan/text.ts';
import { WordMemo } from '../../scan/word-memo.ts';
import { zoneDevice, zoneNameEnd } from '../../scan/zone-line.ts';
import { zoneFields } from './fields.ts';

const PATH = '/proc/zoneinfo';
const [N, P] = [0x4e, 0x70];
const PAGES = Buffer.from('pages ');

/** The field of each line of a zone by its first word; undefined for a line that is no field. */
type Zone = WordMemo<FieldKey | undefined>;

/**
 * Scans /proc/zoneinfo into `zone_<node>_<zone>_<stat>`: the amounts of each zone, from `pages free` up to the line of
 * its protection. Its event counters are those of vmstat, and no fields.
 * @throws ParseError when a zone's heading is cut off, or an amount is no count
 */
export function zoneinfoScanner(): Scan {
  const zones = new WordMemo(zoneOf);
  return (text, end, sink) => {
    let place = 0;
    for (let start = 0; start < end; start = lineEnd(text, start, end) + 1) {
      if (text[start] !== N) continue;
      const after = zoneNameEnd(text, start);
      const zone = after < 0 ? undefined : zones.at(place++, text, start, after);
      if (zone === undefined) throw badLine(PATH, { text, at: start, end, expected: '"Node <number>, zone <name>"' });
      const bad = takeZone(sink, zone, { text, from: lineEnd(text, after, end) + 1, end });
      if (bad >= 0) throw badLine(PATH, { text, at: bad, end, expected: '"<name> <pages>"' });
    }
  };
}

export const parseZoneinfo = parserOf(zoneinfoScanner);

interface Span {
  readonly text: Uint8Array;
  readonly from: number;
  readonly end: number;
}

/** @returns where the line is whose amount is no count; -1 where all are */
function takeZone(sink: FieldSink, zone: Zone, { text, from, end }: Span): number {
  let place = -1;
  for (let start = from; start < end && text[start] !== N; start = lineEnd(text, start, end) + 1) {
    let word = skipBlanks(text, start);
    if (isPages(text, word)) {
      place = 0;
      word = skipBlanks(text, word + PAGES.length);
    }
    if (place < 0) continue; // what a node has comes before
    const after = wordEnd(text, word);
    const key = zone.at(place++, text, word, after);
    const value = skipBlanks(text, after);
    if (key === undefined) {
      if (isProtection(text, after)) break;
      continue;
    }
    const stop = sink.count(key, text, value);
    if (stop === value || !isWordEnd(text, stop)) return start;
  }
  return -1;
}

function isPages(text: Uint8Array, at: number): boolean {
  if (text[at] !== P) return false;
  for (let byte = 0; byte < PAGES.length; byte += 1) if (text[at + byte] !== PAGES[byte]) return false;
  return true;
}

/** `protection: (0, 3017, …)`, the first word with a colon; behind it `high:` and others are of a CPU. */
function isProtection(text: Uint8Array, after: number): boolean {
  return text[after - 1] === 0x3a;
}

const stats = new Set(zoneFields.map(({ stat }) => stat));

function zoneOf(words: string): Zone | undefined {
  const device = zoneDevice(words);
  if (device === undefined) return undefined;
  return new WordMemo((word) => (stats.has(word) ? new FieldKey(`zone_${device}_${word}`) : undefined));
}
