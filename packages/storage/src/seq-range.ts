/** Consecutive `seq`s of one run that are stored, and when the first and the last of them were sampled. */
export interface SeqRange {
  readonly first: number;
  /** Included. */
  readonly last: number;
  /** Unix milliseconds. */
  readonly first_ms: number;
  readonly last_ms: number;
}

export interface NumberedSample {
  readonly seq: number;
  /** Unix milliseconds. */
  readonly ms: number;
}

/** The fewest ranges that hold these samples, in order; they come in any order and may repeat. */
export function toRanges(samples: readonly NumberedSample[]): SeqRange[] {
  return mergeRanges(samples.map(({ seq, ms }) => ({ first: seq, last: seq, first_ms: ms, last_ms: ms })));
}

/** The fewest ranges that hold what these hold, in order; they come in any order and may overlap. */
export function mergeRanges(ranges: readonly SeqRange[]): SeqRange[] {
  const merged: SeqRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.first - b.first)) {
    const before = merged.at(-1);
    if (before && before.last >= range.first - 1) merged[merged.length - 1] = union(before, range);
    else merged.push(range);
  }
  return merged;
}

/** Two ranges that overlap or meet as one. Where two samples claim one end, the outer time is kept, whichever came first. */
export function union(a: SeqRange, b: SeqRange): SeqRange {
  const first = Math.min(a.first, b.first);
  const last = Math.max(a.last, b.last);
  return {
    first,
    last,
    first_ms: Math.min(...[a, b].filter((range) => range.first === first).map(({ first_ms }) => first_ms)),
    last_ms: Math.max(...[a, b].filter((range) => range.last === last).map(({ last_ms }) => last_ms)),
  };
}

/** The ranges of numbers from 1 on that lie before and between these ranges, each with its neighbours. */
export function* gaps(ranges: readonly SeqRange[]): Generator<Gap> {
  let before: SeqRange | undefined;
  for (const after of ranges) {
    const from = before ? before.last + 1 : 1;
    if (from < after.first) yield { from, to: after.first - 1, before, after };
    before = after;
  }
}

export interface Gap {
  readonly from: number;
  /** Included. */
  readonly to: number;
  /** Undefined where the run's beginning is missing. */
  readonly before: SeqRange | undefined;
  readonly after: SeqRange;
}
