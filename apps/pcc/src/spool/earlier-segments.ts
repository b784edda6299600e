import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, type Log, systemError } from '@perfcollector/cli';
import type { Range } from './ranges.ts';
import { type Left, recoverSegment } from './recover-segments.ts';
import type { Segment } from './segment.ts';
import type { SpoolRecord } from './state-file.ts';

/** So much is looked through before the first tick; the rest beside the ticks. */
const AT_ONCE_BYTES = 4 * 1024 * 1024;

interface Setup {
  readonly directory: string;
  /** What this machine is called now. */
  readonly identifier: string;
  /** What the state file says. */
  readonly remembered: SpoolRecord['acknowledged'];
  readonly log: Log;
  /** Called with each that was looked through: from then on it is none of these. */
  onRead(segment: Segment): void;
}

/** A segment's number says its age. */
export function pathOfSegment(directory: string, number: number): string {
  return join(directory, `${String(number).padStart(12, '0')}.json`);
}

/** The segments that earlier runs left and that nobody has looked through yet, the oldest first. */
export class EarlierSegments {
  readonly #setup: Setup;
  #left: readonly Left[];
  #samples = 0;
  /** For the next segment: never a number again that the state file may still speak of. */
  readonly nextNumber: number;
  /** Settled when all are looked through. */
  done: Promise<void> = Promise.resolve();

  /** @throws the file system's error */
  constructor(setup: Setup) {
    const { directory, identifier, remembered } = setup;
    const names = readdirSync(directory).flatMap((name) => /^(\d{12})\.json$/.exec(name)?.[1] ?? []);
    const numbers = names.map(Number).sort((a, b) => a - b);
    this.#setup = setup;
    this.#left = numbers.map((number) => {
      const path = pathOfSegment(directory, number);
      return { path, number, identifier, acknowledged: remembered[number] ?? [], fileBytes: statSync(path).size };
    });
    this.nextNumber = [...numbers, ...Object.keys(remembered).map(Number)].reduce((a, b) => Math.max(a, b), 0) + 1;
  }

  get bytes(): number {
    return this.#left.reduce((sum, { fileBytes }) => sum + fileBytes, 0);
  }

  /** What the state file said of them, to be kept in it. */
  get acknowledged(): readonly (readonly [number: number, ranges: readonly Range[]])[] {
    return this.#left.map(({ number, acknowledged }) => [number, acknowledged] as const);
  }

  hasOlderThan({ number }: Segment): boolean {
    const [first] = this.#left;
    return first !== undefined && first.number < number;
  }

  /** Looks through the first of them; it goes on with the others, where there is much. @throws the file system's error */
  async begin(): Promise<void> {
    let bytes = 0;
    for (let [first] = this.#left; first && bytes < AT_ONCE_BYTES; [first] = this.#left) {
      bytes += first.fileBytes;
      await this.#read(first);
    }
    this.done = this.#readRest();
  }

  async #readRest(): Promise<void> {
    const { directory, log } = this.#setup;
    for (let [first] = this.#left; first; [first] = this.#left) {
      try {
        await this.#read(first);
      } catch (error) {
        if (codeOf(error) === undefined) throw error;
        log.error(`${systemError(`read ${first.path}`, error).message}; what is in it stays there`);
        this.#left = this.#left.slice(1);
      }
    }
    if (this.#samples > 0) log.info(`${this.#samples} samples of earlier runs wait in ${directory} and are sent too`);
  }

  async #read(left: Left): Promise<void> {
    const { segment, tornLines } = await recoverSegment(left);
    if (tornLines > 0) this.#setup.log.warn(`${tornLines} torn lines of an earlier run are left out of ${left.path}`);
    this.#samples += segment.waitingSamples;
    this.#left = this.#left.slice(1);
    this.#setup.onRead(segment);
  }
}
