import type { Line } from './table.ts';
import { fit } from './text.ts';

const INVERSE = '\u001b[7m';
const NORMAL = '\u001b[0m';
const CLEAR_TO_END = '\u001b[K';
/** Going to another column takes as many bytes as writing so many characters again. */
const WORTH_A_MOVE = 8;

/** What a terminal must be sent to show one frame in place of another: of most lines, some digits. */
export function drawChanges(before: readonly Line[], now: readonly Line[], columns: number): string {
  let text = '';
  for (let row = 0; row < Math.max(before.length, now.length); row += 1) {
    const [old, fresh] = [before[row], now[row] ?? { text: '' }];
    if (old?.text === fresh.text && old.isHeading === fresh.isHeading) continue;
    if (fresh.isHeading) text += moveTo(row, 0) + INVERSE + fit(fresh.text, columns) + NORMAL;
    else if (old && !old.isHeading && isAscii(old.text + fresh.text)) text += drawRuns(old.text, fresh.text, row);
    else text += moveTo(row, 0) + fresh.text + CLEAR_TO_END;
  }
  return text;
}

/** Each stretch that has changed; of plain text, where a character is a column. */
function drawRuns(old: string, fresh: string, row: number): string {
  const length = Math.max(old.length, fresh.length);
  const [from, to] = [old.padEnd(length), fresh.padEnd(length)];
  let text = '';
  let end = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < length; at += 1) {
    if (from[at] === to[at]) continue;
    text += at - end <= WORTH_A_MOVE ? to.slice(end, at + 1) : moveTo(row, at) + to[at];
    end = at + 1;
  }
  return text;
}

function moveTo(row: number, column: number): string {
  return `\u001b[${row + 1};${column + 1}H`;
}

function isAscii(text: string): boolean {
  return /^[ -~]*$/.test(text);
}
