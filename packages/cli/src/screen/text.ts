/** Text of other people (names of processes, mounts, hosts) on a terminal: it moves no cursor and breaks no column. */

/** Controls, invisible marks that turn the direction of writing, and line ends of Unicode. */
const UNPRINTABLE = /[\p{C}\u2028\u2029]/gu;
/** Nothing but ASCII is most text, and each character of it is one column wide. */
const ASCII = /^[ -~]*$/;
const NO_WIDTH = /^[\p{Mn}\p{Me}]$/u;
/** Unicode Standard Annex 11, East Asian Width: what is Wide or Fullwidth there, by scripts and blocks. */
const WIDE =
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Yi}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]$/u;

/** The text with a `?` in place of everything that is not printed. */
export function clean(text: string): string {
  return ASCII.test(text) ? text : text.replace(UNPRINTABLE, '?');
}

/** Columns that a terminal uses for the text, which is clean; emoji made of several may take fewer. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  if (NO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** As much of the text as goes into so many columns; `~` at its end says that it is cut. */
export function cut(text: string, columns: number): string {
  const whole = clean(text);
  if (widthOf(whole) <= columns) return whole;
  let width = 0;
  let kept = '';
  for (const character of whole) {
    width += characterWidth(character);
    if (width > columns - 1) break;
    kept += character;
  }
  return columns > 0 ? `${kept}~` : '';
}

/** The same, filled up with blanks behind or before it. */
export function fit(text: string, columns: number, side: 'left' | 'right' = 'left'): string {
  const kept = cut(text, columns);
  const blanks = ' '.repeat(Math.max(0, columns - widthOf(kept)));
  return side === 'left' ? kept + blanks : blanks + kept;
}
