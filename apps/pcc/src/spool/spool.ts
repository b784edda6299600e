import { join } from 'node:path';
import { codeOf, type Log, makeDirectory, systemError } from '@perfcollector/cli';
import { type EventMark, encodeLine, type Header } from '@perfcollector/collection';
import type { Durability } from '../durability.ts';
import type { LineKind } from '../sink.ts';
import type { Batch, Run } from './batch.ts';
import { EarlierSegments, pathOfSegment } from './earlier-segments.ts';
import { FreshLines, type Place } from './fresh-lines.ts';
import { HeldLines } from './held-lines.ts';
import { type Lock, lockDirectory } from './lock.ts';
import { RefusedFile } from './refused-file.ts';
import { Segment } from './segment.ts';
import { type ReaderSpool, SegmentReader } from './segment-reader.ts';
import { readState, type SpoolRecord, writeState } from './state-file.ts';
import { Syncer } from './syncer.ts';

/** A segment is a sixty-fourth of the spool: that is how much goes when there is no room. */
const SEGMENTS = 64;
const LEAST_SEGMENT = 16 * 1024;
const LARGEST_SEGMENT = 4 * 1024 * 1024;
/**
 * A segment that the server has whole is removed when it is this long. That is before the kernel writes it to the disk
 * by itself, after 30 s: where the server is there, a spool costs the disk next to nothing.
 */
const DONE_SEGMENT = 64 * 1024;
/** How much may wait in memory where the disk is full. */
const MOST_HELD = 16 * 1024 * 1024;
/** What is acknowledged is remembered so often; what was not is sent again after a crash, and the server drops it. */
const SAVE_EVERY_MS = 10_000;
/** Refused lines get an eighth of the spool's room beside it. */
const REFUSED_SHARE = 8;

export interface SpoolSetup {
  readonly directory: string;
  readonly maxBytes: number;
  readonly fsync: Durability;
  readonly header: Header;
  readonly log: Log;
  /** Bytes that may wait in memory. */
  readonly mostHeld?: number;
}

/**
 * The samples that the server does not have yet, in a directory of segments, each a collection of one run. Lines are
 * written here before they are sent and let go when they are acknowledged; what a killed run left is sent by the next.
 */
export class Spool {
  readonly #setup: SpoolSetup;
  readonly #lock: Lock;
  readonly run: Run;
  readonly #held: HeldLines;
  readonly #syncer: Syncer;
  readonly #refused: RefusedFile;
  readonly #segmentBytes: number;
  /** The oldest first. */
  #segments: Segment[] = [];
  #current: Segment | undefined;
  #nextNumber = 1;
  #earlier: EarlierSegments | undefined;
  readonly #fresh = new FreshLines();
  readonly #reader: SegmentReader;
  #newest: Place | undefined;
  #isLive = false;
  #dropped = 0;
  #untold = 0;
  #sent = 0;
  #refusedLines = 0;
  #isFull = false;
  #diskProblem: string | undefined;
  #savedAt = 0;
  /** Called when there may be something new to take. */
  onChange: () => void = () => {};

  private constructor(setup: SpoolSetup, lock: Lock) {
    const { directory, maxBytes, header, fsync } = setup;
    this.#setup = setup;
    this.#lock = lock;
    this.run = { identifier: header.identifier, header, line: Buffer.from(encodeLine(header)) };
    this.#held = new HeldLines(this.run, setup.mostHeld ?? MOST_HELD, {
      heldAcknowledged: (samples) => this.#count(samples),
      heldReleased: () => this.onChange(),
    });
    this.#syncer = new Syncer({
      policy: fsync,
      onWritten: (segment, end) => this.#publish(segment, end),
      onProblem: (error) => this.#sayDisk(error),
    });
    this.#reader = new SegmentReader(this.#events);
    this.#refused = new RefusedFile(join(directory, 'refused.json'), maxBytes / REFUSED_SHARE);
    this.#segmentBytes = Math.min(Math.max(maxBytes / SEGMENTS, LEAST_SEGMENT), LARGEST_SEGMENT);
  }

  /**
   * Opens the directory, makes it where need be, and looks through what earlier runs left; where that is much, it goes
   * on with it for a while: until then only the bytes of the rest are known, not its samples.
   * @throws UserError where it cannot be used, or another pcc uses it
   */
  static async open(setup: SpoolSetup): Promise<Spool> {
    const { directory } = setup;
    try {
      makeDirectory(directory, 0o700);
    } catch (error) {
      throw systemError(`make the spool ${directory}`, error);
    }
    const lock = await lockDirectory(directory);
    try {
      const spool = new Spool(setup, lock);
      await spool.#recover();
      return spool;
    } catch (error) {
      lock.release();
      if (codeOf(error) === undefined) throw error;
      throw systemError(`read the spool ${directory}`, error);
    }
  }

  get directory(): string {
    return this.#setup.directory;
  }

  get refusedPath(): string {
    return this.#refused.path;
  }

  get waitingSamples(): number {
    return this.#held.samples + this.#segments.reduce((sum, segment) => sum + segment.waitingSamples, 0);
  }

  get waitingBytes(): number {
    return (
      this.#unreadBytes + this.#held.bytes + this.#segments.reduce((sum, segment) => sum + segment.waitingBytes, 0)
    );
  }

  get heldSamples(): number {
    return this.#held.samples;
  }

  get sentSamples(): number {
    return this.#sent;
  }

  get droppedSamples(): number {
    return this.#dropped;
  }

  get refusedLines(): number {
    return this.#refusedLines;
  }

  /** What is wrong with the disk now. */
  get problem(): string | undefined {
    return this.#diskProblem;
  }

  /** Takes a line over, on the disk or, where that is full, in memory. */
  add(line: Uint8Array, kind: LineKind): void {
    const samples = kind === 'sample' ? 1 : 0;
    try {
      this.#held.moveTo((held, heldSamples) => this.#append(held, heldSamples));
      this.#append(line, samples);
      if (this.#diskProblem !== undefined) this.#setup.log.info(`the spool ${this.directory} can be written again`);
      this.#diskProblem = undefined;
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      this.#sayDisk(error as Error);
      this.#countDropped(this.#held.push(line, samples));
      this.onChange();
    }
  }

  /** While it is live, new lines are reserved for `takeFresh`; before and after, they are part of the backlog. */
  setLive(isLive: boolean): void {
    this.#isLive = isLive;
    if (!isLive) this.#fresh.letGo();
  }

  /** The lines that came since it is live. */
  async takeFresh(buffer: Uint8Array): Promise<Batch | undefined> {
    const place = this.#fresh.take(buffer.length);
    if (place) return this.#reader.read(place, buffer);
    return this.#isLive && this.#fresh.isEmpty ? this.#held.take('newest', buffer.length) : undefined;
  }

  /** One line, the newest: to see whether the server is there again. */
  async takeNewest(buffer: Uint8Array): Promise<Batch | undefined> {
    const held = this.#held.take('newest', 0);
    if (held) return held;
    const place = this.#newest;
    if (!place || place.segment.isGone || !place.segment.isFree(place.start, place.end)) return undefined;
    place.segment.reserve(place.start, place.end);
    return this.#reader.read(place, buffer);
  }

  /** The oldest lines that nobody has, as many as the limit allows; one at least where there is any. */
  async takeOldest(buffer: Uint8Array, mostBytes: number): Promise<Batch | undefined> {
    for (const segment of [...this.#segments]) {
      const free = segment.isGone ? undefined : segment.firstFree();
      if (!free) continue;
      const [start, end] = free;
      segment.reserve(start, end);
      const batch = await this.#reader.readUpTo({ segment, start, end }, buffer, mostBytes);
      if (batch) return batch;
    }
    return this.#held.take('oldest', mostBytes);
  }

  /** The server does not take this line as it is: it is put aside, so that the others can go on. */
  setAside(batch: Batch): void {
    const [line] = batch.lines;
    if (!line) return;
    const done = this.#refused.add(batch.run, line);
    if (done === 'failed') {
      batch.park();
      return;
    }
    this.#refusedLines += 1;
    if (done === 'full') this.#countDropped(batch.samples);
    this.#sent -= batch.samples; // acknowledging counts it
    batch.acknowledge();
  }

  /** Leaves a mark for the server in the samples' place, where some had to go. */
  tellDropped(): void {
    if (this.#untold === 0) return;
    const event = `pcc dropped ${this.#untold} samples, the oldest first: the spool is full`;
    const mark: EventMark = { timestamp: Date.now() / 1000, run: this.#setup.header.run, event };
    this.#untold = 0;
    this.add(Buffer.from(encodeLine(mark)), 'event');
    this.#save();
  }

  /** What is left stays for the next run. Gives how many samples had no place but memory. */
  async close(): Promise<number> {
    this.setLive(false);
    await this.#earlier?.done;
    this.#tryMoveHeld();
    await this.#syncer.close();
    for (const segment of [...this.#segments]) if (segment.waitingBytes === 0) this.#remove(segment);
    this.#current?.seal();
    this.#save();
    this.#lock.release();
    return this.#held.samples;
  }

  async #recover(): Promise<void> {
    const { directory, header, log } = this.#setup;
    const { acknowledged: remembered, untold } = readState(this.#statePath);
    this.#untold = untold;
    const onRead = (segment: Segment) => this.#addEarlier(segment);
    this.#earlier = new EarlierSegments({ directory, identifier: header.identifier, remembered, log, onRead });
    this.#nextNumber = this.#earlier.nextNumber;
    await this.#earlier.begin();
  }

  #addEarlier(segment: Segment): void {
    this.#segments = [...this.#segments, segment].sort((a, b) => a.number - b.number);
    if (segment.waitingBytes === 0) this.#remove(segment);
    this.onChange();
  }

  get #unreadBytes(): number {
    return this.#earlier?.bytes ?? 0;
  }

  #append(line: Uint8Array, samples: number): void {
    this.#makeRoom(line.length);
    const segment = this.#segmentFor(line.length);
    const { start, end } = segment.append(line, samples);
    this.#newest = { segment, start, end };
    if (this.#isLive) this.#fresh.add(this.#newest);
    this.#syncer.wrote(segment);
  }

  #segmentFor(bytes: number): Segment {
    const current = this.#current;
    if (current && current.fileBytes + bytes <= this.#segmentBytes) return current;
    const number = this.#nextNumber;
    const segment = Segment.create(pathOfSegment(this.directory, number), number, this.run);
    this.#nextNumber += 1;
    current?.seal();
    if (current?.waitingBytes === 0) this.#remove(current);
    this.#segments.push(segment);
    this.#current = segment;
    this.#syncer.created(segment);
    return segment;
  }

  /** The bound of the spool: the oldest goes first. */
  #makeRoom(bytes: number): void {
    const needed = bytes + (this.run.line?.length ?? 0);
    let total = this.#segments.reduce((sum, segment) => sum + segment.fileBytes, this.#unreadBytes);
    for (let oldest = this.#segments[0]; oldest && total + needed > this.#setup.maxBytes; oldest = this.#segments[0]) {
      if (this.#earlier?.hasOlderThan(oldest)) return; // that one goes first, once its samples are counted
      total -= oldest.fileBytes;
      if (!this.#isFull) this.#setup.log.error(`the spool ${this.directory} is full: the oldest samples are dropped`);
      this.#isFull = true;
      this.#countDropped(this.#remove(oldest));
    }
  }

  /** Gives how many samples went with it. */
  #remove(segment: Segment): number {
    if (segment === this.#current) this.#current = undefined;
    this.#segments = this.#segments.filter((other) => other !== segment);
    this.#fresh.forget(segment);
    return segment.remove();
  }

  #publish(segment: Segment, end: number): void {
    segment.makeAvailable(end);
    this.onChange();
  }

  readonly #events: ReaderSpool = {
    acknowledged: (segment: Segment, samples: number) => {
      this.#count(samples);
      if (segment.isGone) return;
      const isDone = segment.waitingBytes === 0;
      if (isDone && (segment !== this.#current || segment.fileBytes >= DONE_SEGMENT)) this.#remove(segment);
      if (this.#untold === 0) this.#isFull = false;
      this.onChange();
      if (performance.now() - this.#savedAt > SAVE_EVERY_MS) this.#save();
    },
    released: (segment: Segment, samples: number) => {
      if (segment.isGone) this.#countDropped(samples);
      this.onChange();
    },
    unreadable: (segment, problem) => {
      const lost = this.#remove(segment);
      this.#setup.log.error(`cannot read ${segment.path}: ${problem}; ${lost} samples in it are lost`);
      this.#countDropped(lost);
    },
  };

  #count(samples: number): void {
    this.#sent += samples;
    this.onChange();
  }

  #countDropped(samples: number): void {
    this.#dropped += samples;
    this.#untold += samples;
    if (samples > 0) this.#save();
  }

  #sayDisk(error: Error): void {
    const { message } = systemError(`write the spool ${this.directory}`, error);
    if (message !== this.#diskProblem) this.#setup.log.error(`${message}; samples wait in memory until there is room`);
    this.#diskProblem = message;
  }

  #tryMoveHeld(): void {
    try {
      this.#held.moveTo((line, samples) => this.#append(line, samples));
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      this.#sayDisk(error as Error);
    }
  }

  get #statePath(): string {
    return join(this.directory, 'state.json');
  }

  /** Where it cannot be written, more is sent twice after a crash, and that is all. */
  #save(): void {
    this.#savedAt = performance.now();
    try {
      writeState(this.#statePath, this.#stateToKeep());
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
    }
  }

  #stateToKeep(): SpoolRecord {
    const known = this.#segments.filter(({ acknowledged }) => acknowledged.size > 0);
    const unread = this.#earlier?.acknowledged.filter(([, ranges]) => ranges.length > 0) ?? [];
    const read = known.map((segment) => [segment.number, segment.acknowledged.list] as const);
    const acknowledged = Object.fromEntries([...read, ...unread]);
    return { acknowledged, untold: this.#untold };
  }
}
