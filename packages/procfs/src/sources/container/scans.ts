import type { FieldKey } from '../../scan/field-key.ts';
import { digitsEnd, type FieldSink } from '../../scan/field-sink.ts';
import { lineEnd, skipBlanks, wordEnd } from '../../scan/text.ts';
import { WordMemo } from '../../scan/word-memo.ts';
import { type GroupScan, slotOf } from './slots.ts';

const [LF, EQUALS, SOME, FULL] = [0x0a, 0x3d, 0x73, 0x66];

/** Takes the digits at a place of a text as a field. */
type Take = (sink: FieldSink, key: FieldKey, text: Uint8Array, at: number) => void;

const asPrinted: Take = (sink, key, text, at) => {
  sink.count(key, text, at);
};

/** Nanoseconds as whole microseconds: without their last three digits. */
const asMicroseconds: Take = (sink, key, text, at) => {
  const end = digitsEnd(text, at);
  if (end > at + 3) {
    text[end - 3] = LF; // the text is read once
    sink.count(key, text, at);
  } else if (end > at) sink.number(key, 0);
};

/** Version 1 prints the largest number of whole pages where there is no limit: 9223372036854771712 with pages of 4 KiB. */
const asLimit: Take = (sink, key, text, at) => {
  const length = digitsEnd(text, at) - at;
  const isNone = length > 19 || (length === 19 && startsWith(text, at, NO_LIMIT));
  if (!isNone) sink.count(key, text, at);
};
const NO_LIMIT = Buffer.from('92233720368547');

function startsWith(text: Uint8Array, at: number, start: Uint8Array): boolean {
  for (let here = 0; here < start.length; here += 1) if (text[at + here] !== start[here]) return false;
  return true;
}

/** A file that is one number; `max`, or -1, is no limit and no number. */
function numberScan(stat: string, take: Take): GroupScan {
  const slot = slotOf(stat);
  return (text, _end, sink, keys) => take(sink, keys[slot] as FieldKey, text, 0);
}

export const number = (stat: string): GroupScan => numberScan(stat, asPrinted);
export const nanoseconds = (stat: string): GroupScan => numberScan(stat, asMicroseconds);
export const limit = (stat: string): GroupScan => numberScan(stat, asLimit);

/** A file of `word number` lines. @param stats by the kernel's word; one that begins with "ns:" is in nanoseconds */
export function words(stats: Readonly<Record<string, string>>): GroupScan {
  const places = new Map(
    Object.entries(stats).map(([word, stat]) => {
      const isNs = stat.startsWith('ns:');
      return [word, { slot: slotOf(isNs ? stat.slice(3) : stat), take: isNs ? asMicroseconds : asPrinted }] as const;
    }),
  );
  const memo = new WordMemo((word) => places.get(word));
  return (text, end, sink, keys) => {
    let [left, line] = [places.size, 0];
    for (let start = 0; start < end && left > 0; start = lineEnd(text, start, end) + 1) {
      const after = wordEnd(text, start);
      const place = memo.at(line++, text, start, after);
      if (!place) continue;
      place.take(sink, keys[place.slot] as FieldKey, text, skipBlanks(text, after));
      left -= 1;
    }
  };
}

/** cpu.max: `50000 100000`, `max 100000`. */
export function cpuMax(): GroupScan {
  const [quota, period] = [slotOf('cpu_quota_us'), slotOf('cpu_period_us')];
  return (text, _end, sink, keys) => {
    sink.count(keys[quota] as FieldKey, text, 0);
    sink.count(keys[period] as FieldKey, text, skipBlanks(text, wordEnd(text, 0)));
  };
}

/** <cpu|memory|io>.pressure: `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`, and the same for `full`. */
export function pressure(what: string): GroupScan {
  const slots = (who: string) => ['avg10', 'total_us'].map((stat) => slotOf(`${what}_pressure_${who}_${stat}`));
  const [some, full] = [slots('some'), slots('full')];
  return (text, end, sink, keys) => {
    for (let start = 0; start < end; ) {
      const after = lineEnd(text, start, end);
      const [average, total] = (text[start] === SOME ? some : text[start] === FULL ? full : []) as [number?, number?];
      if (average !== undefined && total !== undefined) {
        sink.decimal(keys[average] as FieldKey, text, firstBehind(text, start, after));
        sink.count(keys[total] as FieldKey, text, lastBehind(text, start, after));
      }
      start = after + 1;
    }
  };
}

/** Behind the first `=` of a line. */
function firstBehind(text: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && text[at] !== EQUALS) at += 1;
  return at + 1;
}

/** Behind the last. */
function lastBehind(text: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && text[at - 1] !== EQUALS) at -= 1;
  return at;
}
