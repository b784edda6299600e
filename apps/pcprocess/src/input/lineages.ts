/** Of a run, samples that follow one another in a collection. */
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

  /** What a sample goes on from. Before `finish`, as far as can be told from those that came before it. */
  of(run: string | undefined, seq: number | undefined, timestamp: number): string {
    if (run === undefined) return '';
    if (seq === undefined) return run;
    return nameOf(run, this.#starts ? partOf(this.#starts.get(run), seq) : this.#note(run, seq, timestamp));
  }

  /** Everything has been read: from now on each sample is told by all of them, however they came. */
  finish(): void {
    this.#starts = new Map(Array.from(this.#runs, ([run, stretches]) => [run, partStarts(stretches)]));
    this.#runs.clear();
  }

  #note(run: string, seq: number, timestamp: number): number {
    const stretches = this.#runs.get(run) ?? [];
    const last = stretches.at(-1);
    if (last && seq === last.lastSeq) return stretches.length - 1;
    if (last && seq > last.lastSeq && timestamp >= last.lastTimestamp) {
      last.lastSeq = seq;
      last.lastTimestamp = timestamp;
      return stretches.length - 1;
    }
    if (last && seq < last.lastSeq) this.#isInOrder = false;
    stretches.push({ firstSeq: seq, firstTimestamp: timestamp, lastSeq: seq, lastTimestamp: timestamp });
    this.#runs.set(run, stretches);
    return stretches.length - 1;
  }
}

/** A part begins where the time of a sample is before that of the one taken before it. */
function partStarts(stretches: readonly Stretch[]): number[] {
  const taken = stretches.toSorted((a, b) => a.firstSeq - b.firstSeq);
  return taken.flatMap(({ firstSeq, firstTimestamp }, at) => {
    const before = taken[at - 1];
    return before && firstTimestamp < before.lastTimestamp && firstSeq > before.lastSeq ? [firstSeq] : [];
  });
}

function partOf(starts: readonly number[] = [], seq: number): number {
  return starts.findLastIndex((start) => start <= seq) + 1;
}

function nameOf(run: string, part: number): string {
  return part === 0 ? run : `${run}\0${part}`;
}
