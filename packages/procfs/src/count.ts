/**
 * Reads a non-negative decimal integer exactly: a number up to 2^53-1, above it the decimal digits as a string
 * (kernel counters are 64 bits wide; a JavaScript number holds 53).
 * Returns undefined when the text is anything else.
 */
export function parseCount(text: string): number | string | undefined {
  if (!/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value <= Number.MAX_SAFE_INTEGER ? value : BigInt(text).toString();
}

/** Splits a line at runs of blanks, without the empty pieces at its ends. */
export function columnsOf(line: string): string[] {
  const trimmed = line.trim();
  return trimmed === '' ? [] : trimmed.split(/[ \t]+/);
}
