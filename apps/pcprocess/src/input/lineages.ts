/** Of a run, samples that follow one another in a collection, without a tick missing. */
interface Stretch {
  readonly firstSeq: number;
  readonly firstTimestamp: number;
  lastSeq: number;
  lastTimestamp: number;
}

/**
 * Tells the parts of a run before and after its clock was set back. In order of time they lie side by side, and each sample
 * goes on from the one before it in its own part: one interval is lost, not an hour of them.
 */
export class Lineages {
  readonly #runs = new Map<string, Stretch[]>();
  #isInOrder = true;
  /** The first seq of each part of a run but its first, once everything has been read. */
  #starts: ReadonlyMap<string, readonly number[]> | undefined;

  /** Whether the samples of each run came in the order in which they were taken. */
  get isInOrder(): boolean {
    return this.#isInOrder;
  }

  /** What a sample goes on from. Before `finish` its run; that is right where the time of no sample is before another's. */
  of(run: string | undefined, seq: number | undefined, timestamp: number): string {
    if (run === undefined) return '';
    if (seq === undefined) return run;
    if (this.#starts) return nameOf(run, partOf(this.#starts.get(run), seq));
    this.#note(run, seq, timestamp);
    return run;
  }

  /** Everything has been read: from now on each sample is told by all of them, however they came. */
  finish(): void {
    this.#starts = new Map(Array.from(this.#runs, ([run, stretches]) => [run, partStarts(stretches)]));
    this.#runs.clear();
  }

  #note(run: string, seq: number, timestamp: number): void {
    const stretches = this.#runs.get(run) ?? [];
    const last = stretches.at(-1);
    if (last && seq === last.lastSeq) return;
    if (last && seq === last.lastSeq + 1 && timestamp >= last.lastTimestamp) {
      last.lastSeq = seq;
      last.lastTimestamp = timestamp;
      return;
    }
    if (last && seq < last.lastSeq) this.#isInOrder = false;
    stretches.push({ firstSeq: seq, firstTimestamp: timestamp, lastSeq: seq, lastTimestamp: timestamp });
    this.#runs.set(run, stretches);
  }
}

/** A part begins where the time of a sample is before that of the one taken before it. */
function partStarts(stretches: readonly Stretch[]): number[] {
  const starts: number[] = [];
  let before: Stretch | undefined;
  for (const stretch of stretches.toSorted((a, b) => a.firstSeq - b.firstSeq)) {
    const isBack = before !== undefined && stretch.firstTimestamp < before.lastTimestamp;
    if (before && isBack && stretch.firstSeq > before.lastSeq) starts.push(stretch.firstSeq);
    if (!before || stretch.lastSeq > before.lastSeq) before = stretch;
  }
  return starts;
}

function partOf(starts: readonly number[] = [], seq: number): number {
  return starts.findLastIndex((start) => start <= seq) + 1;
}

function nameOf(run: string, part: number): string {
  return part === 0 ? run : `${run}\0${part}`;
}
