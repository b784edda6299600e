import type { contract } from '@perfcollector/api';

/** A time without samples. */
export interface Gap {
  /** The last sample before it, and the first behind it; Unix seconds. */
  readonly from: number;
  readonly to: number;
  /** Missed within a run, or between the end of one and the beginning of another. */
  readonly where: 'in a run' | 'between runs';
  /** How many samples there would be at the interval of the run. */
  readonly samples: number;
}

interface Piece {
  readonly from: number;
  readonly to: number;
  readonly run: string;
  /** Seconds. */
  readonly interval: number;
}

/** Where a header did not arrive, what an agent is taken to sample at. */
const USUAL_INTERVAL = 10;
/** Two samples that lie no further apart than this many intervals have none missing between them. */
const SLACK = 1.5;

/** The times that no run has a sample of, from the first sample to the last. */
export function gapsOf(runs: readonly contract.RunCompleteness[]): Gap[] {
  const pieces = runs.flatMap(piecesOf).sort((a, b) => a.from - b.from);
  const gaps: Gap[] = [];
  let before = pieces[0];
  for (const piece of pieces.slice(1)) {
    if (before && piece.from - before.to > SLACK * piece.interval) gaps.push(gapBetween(before, piece));
    if (!before || piece.to > before.to) before = piece;
  }
  return gaps;
}

/** The stretches of a run in which its samples follow one another at its interval. */
function piecesOf({ run, first, last, missing, interval }: contract.RunCompleteness): Piece[] {
  if (!first || !last) return [];
  const tick = interval ?? USUAL_INTERVAL;
  const pieces: Piece[] = [];
  let from = first.timestamp;
  for (const { from_time, to_time } of missing) {
    if (from_time === null || to_time === null) continue;
    // Of what is missing before the first sample only the beginning of the run is there.
    from = Math.min(from, from_time - tick);
    pieces.push({ from, to: from_time - tick, run, interval: tick });
    from = to_time + tick;
  }
  return [...pieces, { from, to: last.timestamp, run, interval: tick }];
}

function gapBetween(before: Piece, after: Piece): Gap {
  const samples = Math.max(1, Math.round((after.from - before.to) / after.interval) - 1);
  return { from: before.to, to: after.from, where: before.run === after.run ? 'in a run' : 'between runs', samples };
}
