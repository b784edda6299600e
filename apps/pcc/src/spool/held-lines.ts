import type { Batch, Run } from './batch.ts';

interface HeldLine {
  readonly line: Uint8Array;
  readonly samples: number;
  /** On its way. */
  isTaken: boolean;
}

/** What a batch of them tells the spool. */
export interface HeldSettled {
  heldAcknowledged(samples: number): void;
  heldReleased(): void;
}

/** Lines of this run that the disk has no room for: they wait in memory, as many as the limit allows. */
export class HeldLines {
  readonly #run: Run;
  readonly #most: number;
  readonly #spool: HeldSettled;
  #lines: HeldLine[] = [];
  #bytes = 0;

  constructor(run: Run, most: number, spool: HeldSettled) {
    this.#run = run;
    this.#most = most;
    this.#spool = spool;
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get samples(): number {
    return this.#lines.reduce((sum, { samples }) => sum + samples, 0);
  }

  /** Keeps a copy. Gives how many samples had to go to make room for it, the oldest first. */
  push(line: Uint8Array, samples: number): number {
    let dropped = 0;
    while (this.#bytes + line.length > this.#most) {
      const oldest = this.#lines.find(({ isTaken }) => !isTaken);
      if (!oldest) return dropped + samples;
      this.#remove(oldest);
      dropped += oldest.samples;
    }
    this.#lines.push({ line: Uint8Array.from(line), samples, isTaken: false });
    this.#bytes += line.length;
    return dropped;
  }

  /** Hands the lines over, the oldest first, until that throws; those that are on their way stay. */
  moveTo(write: (line: Uint8Array, samples: number) => void): void {
    for (const held of this.#lines.filter(({ isTaken }) => !isTaken)) {
      write(held.line, held.samples);
      this.#remove(held);
    }
  }

  /** The oldest lines that are not on their way, or the newest; one at least where there is any. */
  take(which: 'oldest' | 'newest', mostBytes: number): Batch | undefined {
    const free = this.#lines.filter(({ isTaken }) => !isTaken);
    if (which === 'newest') free.reverse();
    const taken: HeldLine[] = [];
    let bytes = 0;
    for (const held of free) {
      bytes += held.line.length;
      if (taken.length > 0 && bytes > mostBytes) break;
      taken.push(held);
    }
    if (taken.length === 0) return undefined;
    for (const held of taken) held.isTaken = true;
    return this.#batchOf(which === 'newest' ? taken.reverse() : taken);
  }

  #batchOf(lines: readonly HeldLine[]): Batch {
    const samples = lines.reduce((sum, held) => sum + held.samples, 0);
    return {
      run: this.#run,
      lines: lines.map(({ line }) => line),
      bytes: lines.reduce((sum, { line }) => sum + line.length, 0),
      samples,
      acknowledge: () => {
        for (const held of lines) this.#remove(held);
        this.#spool.heldAcknowledged(samples);
      },
      release: () => {
        for (const held of lines) held.isTaken = false;
        this.#spool.heldReleased();
      },
      park: () => {},
      halve: () => {
        const middle = Math.floor(lines.length / 2);
        return [this.#batchOf(lines.slice(0, middle)), this.#batchOf(lines.slice(middle))];
      },
    };
  }

  #remove(held: HeldLine): void {
    this.#lines = this.#lines.filter((other) => other !== held);
    this.#bytes -= held.line.length;
  }
}
