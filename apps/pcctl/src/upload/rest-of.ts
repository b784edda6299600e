import {
  type Damage,
  damageSentences,
  noDamage,
  openFile,
  type SkimmedLine,
  skimCollection,
} from '@perfcollector/collection';
import type { StoredSamples } from './stored.ts';

/** Into so many lines a file is looked for its first sample. */
const LINES_LOOKED_AT = 100;
/** Lines go out in pieces of about this many characters. */
const PIECE = 64 * 1024;

/**
 * Whether the server has the first sample of this file: then an earlier upload got that far at least, and it is worth
 * looking at every line.
 * @throws the file system's error; ApiError
 */
export async function hasBegun(file: string, stored: StoredSamples): Promise<boolean> {
  let lines = 0;
  for await (const { head } of skimCollection(openFile(file), () => {})) {
    if (head) return stored.has(head);
    lines += 1;
    if (lines === LINES_LOOKED_AT) return false;
  }
  return false;
}

/** A collection less the samples that the server has: an empty line stands for each of them, so that the others keep their numbers. */
export class RestOfCollection {
  readonly #bytes: AsyncIterable<Uint8Array>;
  readonly #stored: StoredSamples;
  readonly #damage: Damage = noDamage();
  readonly #machines = new Set<string>();
  #leftOut = 0;

  constructor(bytes: AsyncIterable<Uint8Array>, stored: StoredSamples) {
    this.#bytes = bytes;
    this.#stored = stored;
  }

  /** How many samples were left out. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** Whose they are. */
  get machines(): ReadonlySet<string> {
    return this.#machines;
  }

  /** What of the file could not be unpacked, as sentences. */
  get problems(): string[] {
    return damageSentences(this.#damage);
  }

  /** Nothing at all where nothing is left to send but headers. */
  async *pieces(): AsyncGenerator<Buffer> {
    let text = '';
    let isWorthIt = false;
    const tell = (hole: Damage['holes'][number]) => {
      this.#damage.holes.push(hole);
      this.#damage.holeCount += 1;
    };
    for await (const line of skimCollection(this.#bytes, tell)) {
      const isLeft = line.head !== undefined && (await this.#leaveOut(line));
      text += isLeft ? '\n' : line.text;
      isWorthIt ||= !isLeft && !isHeader(line);
      if (!isWorthIt || text.length < PIECE) continue;
      yield Buffer.from(text);
      text = '';
    }
    if (isWorthIt && text !== '') yield Buffer.from(text);
  }

  async #leaveOut({ head }: SkimmedLine): Promise<boolean> {
    if (!head || !(await this.#stored.has(head))) return false;
    this.#leftOut += 1;
    this.#machines.add(head.machineId);
    return true;
  }
}

/** What it does not hurt to leave unsent where no sample of it is sent. */
function isHeader({ text }: SkimmedLine): boolean {
  return text.trim() === '' || text.startsWith('{"collection":');
}
