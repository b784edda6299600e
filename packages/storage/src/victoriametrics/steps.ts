import type { SeriesRequest } from '../store.ts';
import type { Engine, Expression, Row, Span, SteppedRow, Steps } from './engine.ts';

const SECOND_MS = 1000;

/**
 * The shortest step, of whole seconds where it is no shorter, that gives no more points than are asked for. Steps begin at
 * multiples of their length, so a time may lie in one more of them than it is long.
 */
export function stepsOf({ from, to, points }: SeriesRequest): Steps {
  const [fromMs, toMs] = [Math.round(from * SECOND_MS), Math.round(to * SECOND_MS)];
  const least = Math.max(1, Math.ceil((toMs - fromMs) / points));
  const unit = Math.min(SECOND_MS, least);
  let step = Math.ceil(least / unit) * unit;
  while (Math.floor(toMs / step) - Math.floor(fromMs / step) >= points) step += unit;
  const begin = Math.floor(fromMs / step) * step;
  return { from: begin, step, count: Math.floor((toMs - begin) / step) + 1 };
}

/** An expression over each step, of which the first and the last hold only what lies in the span. */
export async function querySteps(
  engine: Engine,
  expression: Expression,
  { steps, span }: { steps: Steps; span: Span },
): Promise<SteppedRow[]> {
  const { from, step, count } = steps;
  const last = count - 1;
  const inner = { from: from + step, step, count: count - 2 };
  const [first, between, end] = await Promise.all([
    engine.query(expression, { from: span.from, to: Math.min(span.to, from + step - 1) }),
    inner.count > 0 ? engine.querySteps(expression, inner) : [],
    last > 0 ? engine.query(expression, { from: from + last * step, to: span.to }) : [],
  ]);
  const rows = new Map<string, SteppedRow>();
  const put = ({ metric }: Row | SteppedRow, values: ArrayLike<number>, at: number) => {
    const key = JSON.stringify(Object.entries(metric).sort());
    const row = rows.get(key) ?? { metric, values: new Float64Array(count).fill(Number.NaN) };
    rows.set(key, row);
    row.values.set(values, at);
  };
  for (const row of first) put(row, [row.value], 0);
  for (const row of between) put(row, row.values, 1);
  for (const row of end) put(row, [row.value], last);
  return [...rows.values()];
}
