import { digitsEnd } from './field-sink.ts';

/** Digits of the lower of two parts, in which a sum is kept: together they are exact beyond 2^53. */
const LOW_DIGITS = 9;
const LOW = 1e9;
/** What 64 bits may have. */
const MOST_DIGITS = 20;

/** Adds up counts of up to 64 bits exactly, and makes nothing anew for it. */
export class ExactSum {
  #high = 0;
  #low = 0;

  clear(): void {
    this.#high = 0;
    this.#low = 0;
  }

  /**
   * Adds the decimal digits that begin at `at`.
   * @returns where they end; `at` itself where there are none, or more than a count has, and then nothing is added
   */
  add(text: Uint8Array, at: number): number {
    const end = digitsEnd(text, at);
    if (end - at > MOST_DIGITS) return at;
    const middle = Math.max(at, end - LOW_DIGITS);
    this.#high += numberOf(text, at, middle);
    this.#low += numberOf(text, middle, end);
    return end;
  }

  value(): number | bigint {
    const low = this.#low % LOW;
    const high = this.#high + (this.#low - low) / LOW;
    const sum = high * LOW + low;
    return Number.isSafeInteger(sum) ? sum : BigInt(high) * BigInt(LOW) + BigInt(low);
  }
}

function numberOf(text: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at += 1) value = value * 10 + (text[at] as number) - 0x30;
  return value;
}
