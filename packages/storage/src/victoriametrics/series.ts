import { describeField } from '@perfcollector/procfs';
import { MOST_SERIES, type Series, type SeriesReply, type SeriesRequest, StoreError } from '../store.ts';
import { counterSeries } from './counter-series.ts';
import type { Engine, SteppedRow, Steps } from './engine.ts';
import { gaugeSeries } from './gauge-series.ts';
import { FIELD_PREFIX } from './layout.ts';
import { hasMachine } from './machines.ts';
import { oneOf, selector } from './selector.ts';
import { spanOf } from './span.ts';

/** Fields in one question: the engine takes questions of 16 KiB. */
const FIELDS_TOGETHER = 20;

/** What the engine found of one function over each step, a row for each series of the fields. */
export type Found<F extends string> = Readonly<Record<F, ReadonlyMap<string, readonly SteppedRow[]>>>;

const GAUGE_FUNCTIONS = ['min_over_time', 'avg_over_time', 'max_over_time', 'count_over_time'] as const;
const COUNTER_FUNCTIONS = [
  'first_over_time',
  'last_over_time',
  'tfirst_over_time',
  'tlast_over_time',
  'increase_prometheus', // within the step alone; what lies between two steps is added here
] as const;
export type GaugeFunction = (typeof GAUGE_FUNCTIONS)[number];
export type CounterFunction = (typeof COUNTER_FUNCTIONS)[number];

/** @throws StoreError FAILED where too many fields are asked for */
export async function seriesOf(engine: Engine, request: SeriesRequest): Promise<SeriesReply | undefined> {
  if (!(await hasMachine(engine, request))) return undefined;
  const steps = stepsOf(request);
  const series: Series[] = [];
  for (const fields of inGroups(await namesOf(engine, request))) {
    const [counters, gauges] = [fields.filter(isCounter), fields.filter((field) => !isCounter(field))];
    const [counted, gauged] = await Promise.all([
      ask(engine, { request, fields: counters, steps, functions: COUNTER_FUNCTIONS }),
      ask(engine, { request, fields: gauges, steps, functions: GAUGE_FUNCTIONS }),
    ]);
    series.push(
      ...fields.map((field) =>
        isCounter(field) ? counterSeries(field, counted, steps) : gaugeSeries(field, gauged, steps),
      ),
    );
  }
  const times = Array.from({ length: steps.count }, (_, at) => (steps.from + at * steps.step) / 1000);
  return { step: steps.step / 1000, resolution: 'raw', times, series };
}

/** The first step begins with the span. */
function stepsOf({ from, to, points }: SeriesRequest): Steps {
  const [fromMs, toMs] = [Math.round(from * 1000), Math.round(to * 1000)];
  const length = toMs - fromMs + 1;
  const step = Math.max(1, Math.ceil(length / points));
  return { from: fromMs, step, count: Math.ceil(length / step) };
}

/** The names of fields that there are in the time asked for, in order. */
async function namesOf(engine: Engine, { tenant, machine, fields, from, to }: SeriesRequest): Promise<string[]> {
  const wanted = oneOf(
    fields.map((pattern) => FIELD_PREFIX + pattern),
    'any text',
  );
  const match = selector(wanted, { tenant, machine });
  const names = await engine.labelValues('__name__', match, spanOf({ from, to }));
  if (names.length > MOST_SERIES) {
    throw new StoreError('FAILED', `${names.length} fields answer to the names asked for; at most ${MOST_SERIES} may`);
  }
  return names.map((name) => name.slice(FIELD_PREFIX.length)).sort();
}

function isCounter(field: string): boolean {
  return describeField(field)?.spec.kind === 'counter';
}

interface Question<F> {
  readonly request: SeriesRequest;
  readonly fields: readonly string[];
  readonly steps: Steps;
  readonly functions: readonly F[];
}

async function ask<F extends string>(
  engine: Engine,
  { request: { tenant, machine }, fields, steps, functions }: Question<F>,
): Promise<Found<F>> {
  const match = selector(oneOf(fields.map((field) => FIELD_PREFIX + field)), { tenant, machine });
  const answers = await Promise.all(
    functions.map(async (name) => {
      const rows =
        fields.length === 0
          ? []
          : await engine.querySteps((time) => `${name}(${match}${time}) keep_metric_names`, steps);
      return [name, Map.groupBy(rows, ({ metric }) => (metric.__name__ ?? '').slice(FIELD_PREFIX.length))] as const;
    }),
  );
  return Object.fromEntries(answers) as unknown as Found<F>;
}

function* inGroups(names: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < names.length; at += FIELDS_TOGETHER) yield names.slice(at, at + FIELDS_TOGETHER);
}
