import { existsSync, fstatSync, realpathSync, renameSync } from 'node:fs';
import { codeOf, type Log, systemError } from '@perfcollector/cli';
import { CollectionFile, encodeLine, type Header } from '@perfcollector/collection';
import { type Durability, Syncer } from './durability.ts';
import { PartPacker } from './part-packer.ts';
import { isDue, PartNames, type Rotation } from './rotation.ts';
import type { Outcome, Sink, SinkState } from './sink.ts';
import { syncDirectory } from './sync-directory.ts';

export interface LocalSetup {
  readonly path: string;
  /** Stands at the beginning of each file; undefined for a format that has none. */
  readonly header: Header | undefined;
  readonly durability: Durability;
  /** Undefined for one file that grows for ever. */
  readonly rotation: Rotation | undefined;
  readonly log: Log;
}

/** Appends to a collection file, a write a tick. When the disk is full, samples wait in memory until there is room. */
export class LocalSink implements Sink {
  readonly failed = new AbortController().signal;
  readonly #setup: LocalSetup;
  readonly #path: string;
  readonly #header: Buffer;
  readonly #names: PartNames;
  readonly #packer: PartPacker;
  #file: CollectionFile;
  #syncer: Syncer;
  /** When the content of the file begins, Unix milliseconds. */
  #began: number;
  /** Nothing but a header is in the file: not worth a part of its own. */
  #isBlank: boolean;
  /** Finished files on their way to the disk and to being packed. */
  #retired: Promise<void> = Promise.resolve();
  /** What each piece that waits is, the oldest first: a sample or something else. */
  #waiting: boolean[] = [];
  #taken = 0;
  #dropped = 0;
  /** Samples handed to the kernel, and those of them that count as written. */
  #handed = 0;
  #written = 0;
  /** Why the last write failed. */
  #problem: string | undefined;
  /** What else went wrong last, and has been said. */
  #trouble: string | undefined;

  /** @throws UserError where the file cannot be opened */
  constructor(setup: LocalSetup) {
    this.#setup = setup;
    this.#path = existsSync(setup.path) ? realpathSync(setup.path) : setup.path;
    this.#header = Buffer.from(setup.header ? encodeLine(setup.header) : '');
    this.#names = new PartNames(this.#path);
    this.#packer = new PartPacker(this.#names, setup.log);
    this.#file = openCollection(this.#path);
    this.#syncer = this.#syncerOf(this.#file);
    this.#isBlank = this.#file.size === 0;
    this.#began = this.#file.size > 0 ? fstatSync(this.#file.descriptor).birthtimeMs : Date.now();
    this.#waiting = new Array(this.#file.pendingPieces).fill(false);
    if (this.#isBlank) this.#retired = this.#syncDirectory(); // the file may be new
    if (setup.rotation) this.#packer.recover();
    this.#rotateIfDue();
    if (this.#header.length > 0) this.#append(this.#header, false);
  }

  get state(): SinkState {
    return {
      waitingSamples: this.#waiting.filter(Boolean).length,
      waitingBytes: this.#file.pendingBytes,
      droppedSamples: this.#dropped,
      sentSamples: this.#written,
      problem: this.#problem ?? this.#trouble,
    };
  }

  add(line: Uint8Array, kind: 'sample' | 'event'): void {
    if (kind === 'sample') this.#taken += 1;
    // In one write with the line: a crash between the two would leave a file of a header alone.
    const lines = this.#rotateIfDue() ? Buffer.concat([this.#header, line]) : line;
    this.#append(lines, kind === 'sample');
    this.#isBlank = false;
  }

  async close(): Promise<Outcome> {
    if (this.#file.pendingPieces > 0) this.#attempt(() => this.#file.flush());
    this.#countWritten();
    const lost = this.#taken - this.#handed;
    const isFlushed = this.#file.pendingPieces === 0;
    await this.#syncer.finish();
    this.#file.close();
    await this.#retired;
    await this.#packer.close();
    return this.#outcome(lost, isFlushed);
  }

  #outcome(lost: number, isFlushed: boolean): Outcome {
    const { path } = this.#setup;
    const unsure = this.#handed - this.#written;
    if (lost === 0 && unsure === 0 && isFlushed)
      return { summary: `${this.#taken} samples in ${path}`, isComplete: true };
    const why = this.#problem ?? this.#trouble ?? `cannot write ${path}`;
    const summary =
      lost === 0 && unsure > 0
        ? `${why}: ${unsure} of ${this.#taken} samples may not outlive a power cut. Check the disk.`
        : `${why}: ${lost} of ${this.#taken} samples are lost. Make room and start again.`;
    return { summary, isComplete: false };
  }

  #append(line: Uint8Array, isSample: boolean): void {
    const pieces = this.#file.pendingPieces;
    if (pieces > 0) this.#waiting.push(isSample);
    this.#attempt(
      () => this.#file.append(line),
      () => {
        this.#waiting.pop();
        if (isSample) this.#dropped += 1;
      },
    );
    if (pieces === 0 && this.#file.pendingPieces > 0) this.#waiting.push(isSample);
    else if (pieces === 0) this.#wrote(isSample ? 1 : 0);
    this.#countWritten();
  }

  /** Those that waited and have been written meanwhile. */
  #countWritten(): void {
    const count = this.#waiting.length - this.#file.pendingPieces;
    if (count > 0) this.#wrote(this.#waiting.splice(0, count).filter(Boolean).length);
  }

  #wrote(samples: number): void {
    this.#handed += samples;
    this.#syncer.wrote(samples);
  }

  #attempt(write: () => void, refused = () => {}): void {
    const { path, log } = this.#setup;
    try {
      write();
      if (this.#problem !== undefined) log.info(`${path} can be written again; everything that waited is in it`);
      this.#problem = undefined;
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      if (codeOf(error) === 'PENDING_FULL') refused();
      const { message } = systemError(`write ${path}`, error);
      if (this.#problem !== message) log.error(`${message}; samples wait in memory until it works`);
      this.#problem = message;
    }
  }

  #say(attempt: string, error: unknown, so: string): void {
    const { message } = systemError(attempt, error);
    if (this.#trouble !== message) this.#setup.log.error(`${message}; ${so}`);
    this.#trouble = message;
  }

  /** Puts the file aside as a finished part and begins the next, which wants a header. Only when nothing waits for room. */
  #rotateIfDue(): boolean {
    const { rotation } = this.#setup;
    const now = Date.now();
    if (!rotation || this.#file.pendingPieces > 0 || !this.#file.isRegular) return false;
    if (!isDue(rotation, { size: this.#file.size, began: this.#began }, now)) return false;
    const hasContent = !this.#isBlank;
    try {
      if (hasContent) this.#beginNext(this.#names.free(this.#began));
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      this.#say(`begin a new file ${this.#setup.path}`, error, 'the old one goes on');
      return false;
    }
    this.#began = now;
    this.#isBlank = true;
    return hasContent;
  }

  #beginNext(part: string): void {
    const [file, syncer] = [this.#file, this.#syncer];
    const isThere = existsSync(this.#path); // somebody may have taken it away: then there is no part to keep
    if (isThere) renameSync(this.#path, part);
    try {
      this.#file = CollectionFile.open(this.#path);
    } catch (error) {
      if (isThere) renameSync(part, this.#path);
      throw error;
    }
    this.#waiting = new Array(this.#file.pendingPieces).fill(false);
    this.#syncer = this.#syncerOf(this.#file);
    this.#retired = this.#retired.then(async () => {
      await syncer.finish();
      file.close();
      await this.#syncDirectory();
      if (isThere) this.#packer.add(part);
    });
  }

  /** A new file's name must be on the disk too, not only what is in it. */
  async #syncDirectory(): Promise<void> {
    if (this.#setup.durability === 'never') return;
    try {
      await syncDirectory(this.#names.directory);
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      this.#say(`bring ${this.#names.directory} to the disk`, error, 'check the disk');
    }
  }

  #syncerOf({ descriptor, isRegular }: CollectionFile): Syncer {
    return new Syncer(descriptor, isRegular ? this.#setup.durability : 'never', {
      written: (samples) => {
        this.#written += samples;
      },
      failed: (error) => this.#say(`bring ${this.#setup.path} to the disk`, error, 'check the disk'),
    });
  }
}

function openCollection(path: string): CollectionFile {
  try {
    return CollectionFile.open(path);
  } catch (error) {
    throw systemError(`write the collection ${path}`, error);
  }
}
