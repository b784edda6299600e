import type { NameDevice } from '../../block-device-names.ts';
import { digitsEnd, type FieldSink } from '../../scan/field-sink.ts';
import { parserOf, type Scan } from '../../scan/scanner.ts';
import { badLine, endsWithinLine, lineEnd, skipBlanks, wordEnd } from '../../scan/text.ts';
import { WordMemo } from '../../scan/word-memo.ts';
import { type ArrayKeys, type ArrayLine, arrayLine } from './array-line.ts';

const PATH = '/proc/mdstat';
const EXPECTED = '"md0 : active raid1 sdb1[1] sda1[0]"';
const [SLASH, EQUALS, OPENING, CLOSING, LOWER_F, LOWER_S] = [0x2f, 0x3d, 0x5b, 0x5d, 0x66, 0x73];

/** An indented line. */
interface Line {
  readonly text: Uint8Array;
  readonly first: number;
  readonly stop: number;
}

/**
 * Scans /proc/mdstat into `md_<array>_<stat>` fields: a line for each array, and indented ones below it for its size and
 * disks, for what is being done to it, and for its bitmap, which is passed over.
 * @throws ParseError when a line that begins in the first column is neither an array nor one that is known
 */
export function mdstatScanner(nameDevice: NameDevice = ({ name }) => name): Scan {
  const arrays = new WordMemo((line) => arrayLine(line, nameDevice));
  const putSync = syncScanner();
  return (text, end, sink) => {
    let array: ArrayLine | undefined;
    let place = 0;
    for (let start = 0, stop = 0; start < end; start = stop + 1) {
      stop = lineEnd(text, start, end);
      const first = skipBlanks(text, start);
      if (first >= stop || (stop === end && endsWithinLine(text, end))) continue;
      if (first > start) {
        if (array && digitsEnd(text, first) > first) putSize(array.keys, { text, first, stop }, sink);
        else if (array) putSync(array.keys, { text, first, stop }, sink);
        continue;
      }
      const said = arrays.at(place++, text, start, stop);
      if (said === null) throw badLine(PATH, { text, at: start, end, expected: EXPECTED });
      array = said;
      if (array) putArray(array, sink);
    }
    arrays.keepFirst(place);
  };
}

export const parseMdstat = parserOf(mdstatScanner);

function putArray({ keys, level, state, failed, spare }: ArrayLine, sink: FieldSink): void {
  if (level !== undefined) sink.label(keys.level, level);
  sink.label(keys.state, state);
  sink.number(keys.failed, failed);
  sink.number(keys.spare, spare);
}

/** `104320 blocks super 1.2 [2/1] [U_]`; raid0 and linear have no brackets. */
function putSize(keys: ArrayKeys, { text, first, stop }: Line, sink: FieldSink): void {
  sink.count(keys.blocks, text, first);
  for (let at = first; at < stop; at += 1) {
    if (text[at] !== OPENING) continue;
    const slash = digitsEnd(text, at + 1);
    if (slash === at + 1 || text[slash] !== SLASH || text[digitsEnd(text, slash + 1)] !== CLOSING) continue;
    sink.count(keys.total, text, at + 1);
    sink.count(keys.active, text, slash + 1);
    return;
  }
}

/**
 * `[==>...]  recovery = 12.6% (37043392/292945152) finish=127.5min speed=33440K/sec`, or `resync=DELAYED`. Any other line
 * (`bitmap: 0/1 pages [0KB], 65536KB chunk`) is passed over.
 */
function syncScanner(): (keys: ArrayKeys, line: Line, sink: FieldSink) => void {
  const actions = new WordMemo((word) => word);
  const states = new WordMemo((word) => word);
  return (keys, { text, first, stop }, sink) => {
    const bar = text[first] === OPENING ? indexOf(text, CLOSING, { first, stop }) + 1 : first;
    const action = skipBlanks(text, bar);
    const after = lettersEnd(text, action);
    const equals = skipBlanks(text, after);
    if (after === action || text[equals] !== EQUALS) return;
    sink.label(keys.action, actions.at(0, text, action, after));
    const value = skipBlanks(text, equals + 1);
    const isWaiting = bar === first && lettersEnd(text, value) > value;
    sink.label(keys.phase, isWaiting ? states.at(0, text, value, lettersEnd(text, value)) : 'running');
    if (!isWaiting) putProgress(keys, { text, first: value, stop }, sink);
  };
}

function putProgress(keys: ArrayKeys, { text, first, stop }: Line, sink: FieldSink): void {
  sink.decimal(keys.percent, text, first);
  for (let at = first; at < stop; at = skipBlanks(text, wordEnd(text, at))) {
    const equals = lettersEnd(text, at);
    if (text[equals] !== EQUALS) {
      if (wordEnd(text, at) === at) return;
    } else if (text[at] === LOWER_F) sink.decimal(keys.finish, text, equals + 1);
    else if (text[at] === LOWER_S) sink.count(keys.speed, text, equals + 1);
  }
}

function indexOf(text: Uint8Array, byte: number, { first, stop }: { first: number; stop: number }): number {
  for (let at = first; at < stop; at += 1) if (text[at] === byte) return at;
  return stop - 1;
}

function lettersEnd(text: Uint8Array, at: number): number {
  let end = at;
  while (isLetter(text[end] as number)) end += 1;
  return end;
}

function isLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}
