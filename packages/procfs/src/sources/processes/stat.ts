import { digitsEnd, isCutOff } from '../../scan/field-sink.ts';
import { skipBlanks, wordEnd } from '../../scan/text.ts';

const CLOSING = 0x29;

/** The columns of /proc/<pid>/stat that rank a process. One object takes them all, one process after the other. */
export interface ProcessStat {
  /** One letter. */
  state: number;
  utime: number;
  stime: number;
  threads: number;
  /** With the process id it tells a process from every other since boot. */
  start: number;
  pages: number;
}

export function emptyStat(): ProcessStat {
  return { state: 0, utime: 0, stime: 0, threads: 0, start: 0, pages: 0 };
}

/**
 * Reads the columns. The name may hold blanks, parentheses and line feeds; it ends at the last `)`, behind which there are
 * numbers alone.
 * @returns false where the text is not what the kernel prints
 */
export function scanStat(text: Uint8Array, end: number, into: ProcessStat): boolean {
  let at = end;
  while (at > 0 && text[at] !== CLOSING) at -= 1;
  if (at === 0) return false;
  let column = 2;
  for (at = skipBlanks(text, at + 1); at < end; at = skipBlanks(text, wordEnd(text, at))) {
    column += 1;
    if (column === 3) into.state = text[at] as number;
    else if (column === 14) into.utime = numberAt(text, at);
    else if (column === 15) into.stime = numberAt(text, at);
    else if (column === 20) into.threads = numberAt(text, at);
    else if (column === 22) into.start = numberAt(text, at);
    else if (column === 24) {
      into.pages = numberAt(text, at);
      return Number.isFinite(into.utime + into.stime + into.threads + into.start + into.pages);
    }
    if (text[wordEnd(text, at)] === 0x0a) break;
  }
  return false;
}

/** NaN where there is no number, or only a part of one. Times and page counts stay far below 2^53. */
function numberAt(text: Uint8Array, at: number): number {
  const end = digitsEnd(text, at);
  if (end === at || isCutOff(text, end)) return Number.NaN;
  let value = 0;
  for (let digit = at; digit < end; digit += 1) value = value * 10 + (text[digit] as number) - 0x30;
  return value;
}
