const MOST_BYTES = 4096;

/** Why this text cannot be put into a collection as an event, as a sentence; undefined where it can. */
export function markProblem(text: string): string | undefined {
  if (text.trim() === '') return 'the text of a mark is empty';
  const length = Buffer.byteLength(text);
  if (length > MOST_BYTES) return `the text of a mark is ${length} bytes long; expected at most ${MOST_BYTES}`;
  const control = /\p{Cc}/u.exec(text)?.[0];
  if (control === undefined) return undefined;
  const code = control.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  return `the text of a mark holds the control character U+${code}; expected one line of plain text`;
}
