import { codeOf } from '@perfcollector/cli';
import type { Batch } from './batch.ts';
import type { Place } from './fresh-lines.ts';
import type { Segment } from './segment.ts';
import { batchOf, type Settled } from './segment-batch.ts';

const LINE_FEED = 0x0a;
/** A read that is shorter costs as much. */
const LEAST_PIECE = 8 * 1024;

export interface ReaderSpool extends Settled {
  /** A segment cannot be read: it is given up, for it would be in the way for ever. */
  unreadable(segment: Segment, problem: string): void;
}

/** Makes batches of the lines in segments. What it gives was reserved before, so that nobody else takes it meanwhile. */
export class SegmentReader {
  readonly #spool: ReaderSpool;

  constructor(spool: ReaderSpool) {
    this.#spool = spool;
  }

  /** All of the place. Undefined where the segment went meanwhile. */
  async read(place: Place, buffer: Uint8Array): Promise<Batch | undefined> {
    const bytes = await this.#bytesOf(place, buffer);
    return bytes && batchOf({ segment: place.segment, spool: this.#spool }, bytes, place.start);
  }

  /** The first whole lines of the place, up to so many bytes, one at least; the rest is free again. */
  async readUpTo({ segment, start, end }: Place, buffer: Uint8Array, mostBytes: number): Promise<Batch | undefined> {
    for (let piece = Math.min(Math.max(mostBytes, LEAST_PIECE), buffer.length); ; piece *= 2) {
      const pieceEnd = Math.min(end, start + piece);
      const bytes = await this.#bytesOf({ segment, start, end: pieceEnd }, buffer);
      if (!bytes) return undefined;
      const whole = wholeLines(bytes, mostBytes);
      if (whole === 0 && pieceEnd < end) continue; // a line that is longer than that
      segment.giveBack(start + whole, end);
      return batchOf({ segment, spool: this.#spool }, bytes.subarray(0, whole), start);
    }
  }

  async #bytesOf({ segment, start, end }: Place, buffer: Uint8Array): Promise<Uint8Array | undefined> {
    let problem = 'it is shorter than it was';
    try {
      const bytes = await segment.read(start, end, buffer);
      if (segment.isGone) return undefined;
      if (bytes.length === end - start) return bytes;
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      if (segment.isGone) return undefined;
      problem = (error as Error).message;
    }
    this.#spool.unreadable(segment, problem);
    return undefined;
  }
}

/** The length of the whole lines in the first so many bytes; of the first line, where that is longer. */
function wholeLines(bytes: Uint8Array, most: number): number {
  const end = most > 0 ? bytes.lastIndexOf(LINE_FEED, most - 1) + 1 : 0;
  return end > 0 ? end : bytes.indexOf(LINE_FEED) + 1;
}
