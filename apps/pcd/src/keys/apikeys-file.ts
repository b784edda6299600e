import { readFileSync, statSync } from 'node:fs';
import { codeOf } from '@perfcollector/cli';
import { hashSecret, isSameHash } from './key-format.ts';

const SHORTEST = 8;

/**
 * The keys that a person wrote into a file: one a line, `#` begins a comment. The file is read again when it changes.
 * A line that is too short to be a key is passed over and reported by its number, never by its text.
 */
export class ApikeysFile {
  readonly #path: string;
  readonly #report: (problem: string) => void;
  #seen = '';
  #hashes: Uint8Array[] = [];

  constructor(path: string, report: (problem: string) => void) {
    this.#path = path;
    this.#report = report;
    this.#refresh();
  }

  has(key: string): boolean {
    this.#refresh();
    const hash = hashSecret(key);
    // Every key is compared, so the time does not tell which one matched.
    return this.#hashes.filter((known) => isSameHash(known, hash)).length > 0;
  }

  #refresh(): void {
    try {
      const { mtimeNs, size, ino } = statSync(this.#path, { bigint: true });
      const now = `${mtimeNs} ${size} ${ino}`;
      if (now === this.#seen) return;
      this.#hashes = this.#parse(readFileSync(this.#path, 'utf8'));
      this.#seen = now;
    } catch (error) {
      this.#hashes = [];
      const problem =
        codeOf(error) === 'ENOENT' ? '' : `cannot read ${this.#path}: ${codeOf(error)}; its keys are not accepted`;
      if (problem !== '' && problem !== this.#seen) this.#report(problem);
      this.#seen = problem;
    }
  }

  #parse(text: string): Uint8Array[] {
    const keys: Uint8Array[] = [];
    for (const [index, line] of text.split('\n').entries()) {
      const key = line.replace(/(^|\s)#.*/, '').trim(); // a # inside a key is part of it
      if (key === '') continue;
      const problem = problemOf(key);
      if (problem === undefined) keys.push(hashSecret(key));
      else this.#report(`${this.#path}, line ${index + 1}: ${problem}, not accepted as a key`);
    }
    return keys;
  }
}

function problemOf(key: string): string | undefined {
  if (/\s/.test(key)) return 'there is a blank in it';
  return key.length < SHORTEST ? `shorter than ${SHORTEST} characters` : undefined;
}
