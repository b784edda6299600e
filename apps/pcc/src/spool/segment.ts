import { closeSync, constants, fdatasync, ftruncateSync, open, openSync, read, rmSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { codeOf } from '@perfcollector/cli';
import type { Run } from './batch.ts';
import { Ranges } from './ranges.ts';

const [openFile, readFile, syncData] = [promisify(open), promisify(read), promisify(fdatasync)];

interface Content {
  readonly path: string;
  readonly number: number;
  readonly run: Run;
  /** Where lines begin, behind the header. */
  readonly begin: number;
  /** Behind its last whole line. */
  readonly end: number;
  /** On the disk, torn end included. */
  readonly fileBytes: number;
  /** Samples in it that the server does not have. */
  readonly samples: number;
  readonly acknowledged: Ranges;
}

/** One file of a spool: a collection of one run, and which of its lines are on their way or at the server. */
export class Segment {
  readonly path: string;
  readonly number: number;
  readonly run: Run;
  readonly #begin: number;
  readonly #acknowledged: Ranges;
  /** Lines that nobody else may take: at the server, on their way, or set aside for the live lane. */
  readonly #busy: Ranges;
  #end: number;
  /** Behind the last line that may be sent; it follows `end` when lines must be on the disk first. */
  #available: number;
  #fileBytes: number;
  #freeSamples: number;
  #takenSamples = 0;
  /** Open while it is appended to. */
  #descriptor: number | undefined;
  isGone = false;

  constructor({ path, number, run, begin, end, fileBytes, samples, acknowledged }: Content) {
    this.path = path;
    this.number = number;
    this.run = run;
    this.#begin = begin;
    this.#end = end;
    this.#available = end;
    this.#fileBytes = fileBytes;
    this.#freeSamples = samples;
    this.#acknowledged = acknowledged;
    this.#busy = new Ranges(acknowledged.list);
  }

  /** Begins a file of this run, header first. @throws the file system's error; then there is no file */
  static create(path: string, number: number, run: Run): Segment {
    const header = run.line ?? new Uint8Array();
    const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL;
    const descriptor = openSync(path, flags, 0o600);
    const nothing = { begin: 0, end: 0, fileBytes: 0, samples: 0, acknowledged: new Ranges() };
    try {
      writeAll(descriptor, header, 0);
    } catch (error) {
      closeSync(descriptor);
      rmSync(path, { force: true });
      throw error;
    }
    const at = { begin: header.length, end: header.length, fileBytes: header.length };
    const segment = new Segment({ path, number, run, ...nothing, ...at });
    segment.#descriptor = descriptor;
    return segment;
  }

  get fileBytes(): number {
    return this.#fileBytes;
  }

  /** Behind its last line. */
  get end(): number {
    return this.#end;
  }

  /** Samples in it that the server does not have, as far as it is known. */
  get waitingSamples(): number {
    return this.#freeSamples + this.#takenSamples;
  }

  get waitingBytes(): number {
    return this.#end - this.#begin - this.#acknowledged.size;
  }

  get acknowledged(): Ranges {
    return this.#acknowledged;
  }

  /** Appends a line; nothing of it stays where it cannot be written whole. @throws the file system's error */
  append(line: Uint8Array, samples: number): { start: number; end: number } {
    if (this.#descriptor === undefined) throw new Error(`BUG: ${this.path} is not open`);
    const start = this.#end;
    writeAll(this.#descriptor, line, this.#fileBytes);
    this.#end += line.length;
    this.#fileBytes = this.#end;
    this.#freeSamples += samples;
    return { start, end: this.#end };
  }

  /** Lets what is before this place be sent. */
  makeAvailable(end: number): void {
    this.#available = Math.max(this.#available, end);
  }

  /** Brings what was written to the disk. @throws the file system's error */
  sync(): Promise<void> {
    return this.#withFile((descriptor) => syncData(descriptor));
  }

  /** No more lines come. */
  seal(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) asFarAsPossible(() => closeSync(descriptor));
  }

  /** Keeps lines from everybody else. */
  reserve(start: number, end: number): void {
    this.#busy.add(start, end);
  }

  /** Whether what is before this place may be sent. */
  isAvailable(end: number): boolean {
    return end <= this.#available;
  }

  isFree(start: number, end: number): boolean {
    return !this.#busy.touches(start, end) && this.isAvailable(end);
  }

  /** The oldest lines that nobody has. */
  firstFree(): readonly [start: number, end: number] | undefined {
    return this.#busy.firstGap(this.#begin, this.#available);
  }

  /** Whoever reserved the lines has read them and knows how many samples they are. */
  take(samples: number): void {
    this.#freeSamples -= samples;
    this.#takenSamples += samples;
  }

  giveBack(start: number, end: number, samples = 0): void {
    this.#busy.remove(start, end);
    this.take(-samples);
  }

  acknowledge(start: number, end: number, samples: number): void {
    this.#acknowledged.add(start, end);
    this.#takenSamples -= samples;
  }

  /**
   * Removes the file; where the disk refuses even that (it has become read-only), the file stays, and the next run sends
   * it once more. Gives how many samples are lost with it; those that are on their way are not among them.
   */
  remove(): number {
    this.isGone = true;
    this.seal();
    asFarAsPossible(() => rmSync(this.path, { force: true }));
    return this.#freeSamples;
  }

  /**
   * Reads bytes into the buffer, or one of its own where that is too small. Gives fewer where the file ends.
   * @throws the file system's error
   */
  async read(start: number, end: number, buffer: Uint8Array): Promise<Uint8Array> {
    const length = end - start;
    const into = length <= buffer.length ? buffer : Buffer.allocUnsafeSlow(length);
    const { bytesRead } = await this.#withFile((descriptor) => readFile(descriptor, into, 0, length, start));
    return into.subarray(0, bytesRead);
  }

  /** A descriptor of its own: the one that is appended to may be closed meanwhile, and its number be another file's. */
  async #withFile<T>(use: (descriptor: number) => Promise<T>): Promise<T> {
    const descriptor = await openFile(this.path, 'r');
    try {
      return await use(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}

/** For what nothing depends on: a disk in trouble is told by those who write to it, and must not end the run. */
function asFarAsPossible(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
}

/** A write that the disk takes in part only is taken back, so that no line is ever torn in a running agent. */
function writeAll(descriptor: number, bytes: Uint8Array, fileBytes: number): void {
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
  } catch (error) {
    if (written > 0) ftruncateSync(descriptor, fileBytes);
    throw error;
  }
}
