/** Where the digits of the hexadecimal number that begins at `at` end. */
export function hexEnd(text: Uint8Array, at: number): number {
  let end = at;
  while (hexDigit(text[end] as number) >= 0) end += 1;
  return end;
}

/** The number whose hexadecimal digits stand between the two; exact up to 13 of them. */
export function hexValue(text: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) value = value * 16 + hexDigit(text[at] as number);
  return value;
}

/** -1 for a byte that is none. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x57;
  return -1;
}
