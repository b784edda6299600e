import { ParseError } from '../errors.ts';
import type { FieldKey } from './field-key.ts';
import type { FieldSink } from './field-sink.ts';

/**
 * Steps over a kernel file's bytes. A NUL stands behind the end of every text, so a step never leaves it. Bytes are
 * compared one by one: most words are short, and a call into the runtime costs more than a dozen such steps.
 */

const TAB = 0x09;
const LF = 0x0a;
/** Before the line feed of captures that went through another system. */
const CR = 0x0d;
const BLANK = 0x20;

/** How far a line feed is looked for byte by byte; beyond, the runtime's own search is quicker. */
const NEAR = 64;

/** Where the line that `at` is in ends: at its line feed, or at the end of the text. */
export function lineEnd(text: Uint8Array, at: number, end: number): number {
  const near = Math.min(at + NEAR, end);
  let here = at;
  while (here < near && text[here] !== LF) here += 1;
  if (here < near || here === end) return here;
  const found = text.indexOf(LF, here);
  return found < 0 || found > end ? end : found;
}

/** Behind blanks and tabs. */
export function skipBlanks(text: Uint8Array, at: number): number {
  let here = at;
  while (text[here] === BLANK || text[here] === TAB) here += 1;
  return here;
}

/** Where the word that begins at `at` ends: before a blank, a tab, a line feed or the end of the text. */
export function wordEnd(text: Uint8Array, at: number): number {
  let here = at;
  while ((text[here] as number) > BLANK) here += 1;
  return here;
}

/** Whether a number that ends here ends as a word. */
export function isWordEnd(text: Uint8Array, at: number): boolean {
  return (text[at] as number) <= BLANK;
}

/**
 * Takes the counts of a line, one for each key, as far as the line has them; columns past the last key are left.
 * @returns where the last count ends; -1 where a column is no count
 */
export function countColumns(sink: FieldSink, keys: readonly FieldKey[], text: Uint8Array, from: number): number {
  let at = from;
  for (let column = 0; column < keys.length; column += 1) {
    const start = skipBlanks(text, at);
    if (text[start] === LF || text[start] === 0 || text[start] === CR) return at;
    at = sink.count(keys[column] as FieldKey, text, start);
    if (at === start || !isWordEnd(text, at)) return -1;
  }
  return at;
}

/**
 * Whether the text ends within a line. What a scanner makes of a whole line, or of all lines, it does not make of such a
 * one.
 */
export function endsWithinLine(text: Uint8Array, end: number): boolean {
  return text[end] === 0 && end > 0 && text[end - 1] !== LF;
}

/**
 * Ends the text of a file that is one value and nothing else. Captures often have it without its line feed, and nothing
 * tells whether it was cut off.
 */
export function endValue(text: Uint8Array, end: number): void {
  text[end] = LF;
}

/** The error for the line that `at` is in. */
export function badLine(
  path: string,
  where: { text: Uint8Array; at: number; end: number; expected: string },
): ParseError {
  const { text, at, end, expected } = where;
  let line = 1;
  let start = 0;
  for (let next = text.indexOf(LF); next >= 0 && next < at; next = text.indexOf(LF, start)) {
    line += 1;
    start = next + 1;
  }
  return new ParseError(path, { line, text: utf8(text, start, lineEnd(text, start, end)), expected });
}

/** The error for a text that misses what every such file has. */
export function badText(path: string, where: { text: Uint8Array; end: number; expected: string }): ParseError {
  return new ParseError(path, { line: 0, text: utf8(where.text, 0, where.end), expected: where.expected });
}

/** Names may hold any bytes; those that are no UTF-8 become U+FFFD. */
export function utf8(text: Uint8Array, start: number, end: number): string {
  return Buffer.from(text.buffer, text.byteOffset + start, end - start).toString('utf8');
}
