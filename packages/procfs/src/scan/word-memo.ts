import { utf8 } from './text.ts';

/**
 * What was made of the word at each place of a text. The kernel prints the same words at the same places tick after tick,
 * so a word is compared with the one that was there before (1 ns a byte) and not looked up, and nothing is made anew.
 */
export class WordMemo<T> {
  readonly #make: (word: string) => T;
  readonly #words: Uint8Array[] = [];
  readonly #values: T[] = [];

  /** @param make called for a word that is new at its place */
  constructor(make: (word: string) => T) {
    this.#make = make;
  }

  /** @param place 0 for the first word of the text, 1 for the second, … */
  at(place: number, text: Uint8Array, start: number, end: number): T {
    const word = this.#words[place];
    if (word !== undefined && isSame(word, text, start, end)) return this.#values[place] as T;
    const value = this.#make(utf8(text, start, end));
    this.#words[place] = new Uint8Array(text.subarray(start, end)); // a copy: Buffer's slice is a view
    this.#values[place] = value;
    return value;
  }

  /** Every word is new again. */
  clear(): void {
    this.keepFirst(0);
  }

  /** Ends a text that had so many words: one that comes back after it was gone is new. */
  keepFirst(count: number): void {
    if (this.#words.length <= count) return;
    this.#words.length = count;
    this.#values.length = count;
  }
}

/** How long a word is compared byte by byte; beyond, the runtime's own comparison is quicker. */
const NEAR = 128;

function isSame(word: Uint8Array, text: Uint8Array, start: number, end: number): boolean {
  if (word.length !== end - start) return false;
  if (word.length > NEAR) return Buffer.compare(word, text.subarray(start, end)) === 0;
  for (let at = 0; at < word.length; at += 1) if (word[at] !== text[start + at]) return false;
  return true;
}
