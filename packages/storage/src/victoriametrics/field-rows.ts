import type { MachineRef } from '../store.ts';
import type { Engine, Span, SteppedRow, Steps } from './engine.ts';
import { FIELD_PREFIX } from './layout.ts';
import { oneOf, selector } from './selector.ts';
import { querySteps } from './steps.ts';

/** Some fields of a machine over some steps. */
export interface FieldsQuestion {
  readonly ref: MachineRef;
  readonly fields: readonly string[];
  readonly steps: Steps;
  /** What of the first and of the last step counts. */
  readonly span: Span;
}

/** One series of a field, and what each function gives for it, a value a step. */
export interface FieldRow<F extends string> {
  readonly values: Readonly<Record<F, Float64Array>>;
}

/** What the engine's functions give for each step, by field. A field that has nothing in the span is left out. */
export async function fieldRows<F extends string>(
  engine: Engine,
  question: FieldsQuestion,
  functions: readonly F[],
): Promise<Map<string, FieldRow<F>[]>> {
  const { ref, fields, steps, span } = question;
  if (fields.length === 0) return new Map();
  const match = selector(oneOf(fields.map((field) => FIELD_PREFIX + field)), { ...ref });
  const answers = functions.map((name) =>
    querySteps(engine, (time) => `${name}(${match}${time}) keep_metric_names`, { steps, span }),
  );
  const series = new Map<string, { metric: SteppedRow['metric']; values: Record<F, Float64Array> }>();
  for (const [at, rows] of (await Promise.all(answers)).entries()) {
    for (const { metric, values } of rows) {
      const key = JSON.stringify([metric.__name__, metric.run, metric.clock, metric.scale]);
      const one = series.get(key) ?? { metric, values: nothing(functions, steps.count) };
      series.set(key, one);
      one.values[functions[at] as F] = values;
    }
  }
  const found = [...series.values()].map(({ metric: { __name__ = '' }, values }) => ({
    field: __name__.slice(FIELD_PREFIX.length),
    row: { values },
  }));
  return new Map(
    [...Map.groupBy(found, ({ field }) => field)].map(([field, rows]) => [field, rows.map(({ row }) => row)]),
  );
}

function nothing<F extends string>(functions: readonly F[], count: number): Record<F, Float64Array> {
  const empty = functions.map((name) => [name, new Float64Array(count).fill(Number.NaN)]);
  return Object.fromEntries(empty) as Record<F, Float64Array>;
}
