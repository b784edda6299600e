import { isWordEnd } from './text.ts';

/** How the kernel prints a count of 32 bits: `%08x`. */
export const HEX_DIGITS = 8;

/** The word at `at` as a count of 8 hexadecimal digits; -1 where it is none. */
export function hexCount(text: Uint8Array, at: number): number {
  let value = 0;
  for (let here = at; here < at + HEX_DIGITS; here += 1) {
    const byte = text[here] as number;
    // 0-9 and a-f
    if (byte >= 0x30 && byte <= 0x39) value = (value << 4) | (byte - 0x30);
    else if (byte >= 0x61 && byte <= 0x66) value = (value << 4) | (byte - 0x57);
    else return -1;
  }
  return isWordEnd(text, at + HEX_DIGITS) ? value >>> 0 : -1;
}
