/** Which bucket each of some pieces of time is in. */
export interface Buckets {
  /** For each piece, from 0; ascending. */
  readonly bucketOf: Int32Array;
  readonly count: number;
  /** When each bucket begins, Unix milliseconds. */
  readonly starts: Float64Array;
}

/** Buckets of equal length; those that no piece is in are left out. @param ms when each piece begins, ascending */
export function bucketsOf(ms: Float64Array, lengthMs: number): Buckets {
  const bucketOf = new Int32Array(ms.length);
  const starts: number[] = [];
  for (let at = 0; at < ms.length; at += 1) {
    const start = Math.floor((ms[at] as number) / lengthMs) * lengthMs;
    if (starts.at(-1) !== start) starts.push(start);
    bucketOf[at] = starts.length - 1;
  }
  return { bucketOf, count: starts.length, starts: Float64Array.from(starts) };
}
