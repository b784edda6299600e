import type { Engine, Expression, Span } from './engine.ts';

/** What a piece of an export holds at most, in samples and texts; bounds the memory of an export. */
const PIECE_POINTS = 400;
/** How many steps one question cuts a span into at most. */
const MOST_STEPS = 2000;

/**
 * A span cut into pieces that hold no more than a bounded number of points, and together all of them.
 * @param points counts the points of a time
 */
export async function* boundedPieces(engine: Engine, points: Expression, span: Span): AsyncGenerator<Span> {
  if (span.to < span.from) return;
  const [total] = await engine.query(points, span);
  if (total) yield* piecesOf(engine, points, { ...span, count: total.value });
}

interface CountedSpan extends Span {
  readonly count: number;
}

async function* piecesOf(engine: Engine, points: Expression, { from, to, count }: CountedSpan): AsyncGenerator<Span> {
  const length = to - from + 1;
  if (count <= PIECE_POINTS || length === 1) {
    yield { from, to };
    return;
  }
  const steps = Math.min(length, MOST_STEPS, Math.ceil((8 * count) / PIECE_POINTS));
  const step = Math.ceil(length / steps);
  const counted = await countSteps(engine, points, { from, to, step });
  let piece: CountedSpan | undefined;
  for (const next of counted) {
    if (piece && piece.count + next.count > PIECE_POINTS) {
      yield* piecesOf(engine, points, piece);
      piece = undefined;
    }
    piece = piece ? { from: piece.from, to: next.to, count: piece.count + next.count } : next;
  }
  if (piece) yield* piecesOf(engine, points, piece);
}

/** The steps of a span that hold anything. */
async function countSteps(
  engine: Engine,
  points: Expression,
  { from, to, step }: Span & { step: number },
): Promise<CountedSpan[]> {
  const [row] = await engine.querySteps(points, { from, step, count: Math.ceil((to - from + 1) / step) });
  return Array.from(row?.values ?? [], (count, at) => {
    const begin = from + at * step;
    return { from: begin, to: Math.min(begin + step - 1, to), count };
  }).filter(({ count }) => count > 0);
}
