import { increaseOf } from '../rollup/counter.ts';
import type { Series } from '../store.ts';
import type { Engine, Steps } from './engine.ts';
import { type FieldRow, type FieldsQuestion, fieldRows } from './field-rows.ts';
import { FIELD_PREFIX } from './layout.ts';
import { selector } from './selector.ts';

const FUNCTIONS = ['first_over_time', 'last_over_time', 'tfirst_over_time', 'tlast_over_time', 'resets'] as const;
type CounterRow = FieldRow<(typeof FUNCTIONS)[number]>;

/** What one series has between two samples of one step, both included. Times are Unix milliseconds. */
interface Stretch {
  readonly first: number;
  readonly last: number;
  readonly begin: number;
  readonly end: number;
}

/**
 * Counters. A step without a fall is told by its first and last sample, which the engine finds; one with a fall is looked at
 * sample by sample.
 */
export async function countersOf(
  engine: Engine,
  question: FieldsQuestion,
  wraps32: (field: string) => boolean,
): Promise<Series[]> {
  const series: Series[] = [];
  for (const [field, rows] of await fieldRows(engine, question, FUNCTIONS)) {
    const steps = stretchesOf(rows, question.steps.count);
    for (const at of fallsIn(rows, question.steps.count)) {
      steps[at] = await samplesOf(engine, { ...question, field, at });
    }
    series.push({ field, kind: 'counter', ...followed(steps, wraps32(field)) });
  }
  return series;
}

function stretchesOf(rows: readonly CounterRow[], count: number): Stretch[][] {
  return Array.from({ length: count }, (_, at) =>
    rows.flatMap(({ values }) => {
      const [first, last] = [values.first_over_time[at] as number, values.last_over_time[at] as number];
      if (Number.isNaN(first)) return [];
      const [begin, end] = [values.tfirst_over_time[at] as number, values.tlast_over_time[at] as number];
      return [{ first, last, begin: Math.round(begin * 1000), end: Math.round(end * 1000) }];
    }),
  );
}

function fallsIn(rows: readonly CounterRow[], count: number): number[] {
  const steps = Array.from({ length: count }, (_, at) => at);
  return steps.filter((at) => rows.some(({ values }) => (values.resets[at] as number) > 0));
}

interface Step extends FieldsQuestion {
  readonly field: string;
  readonly at: number;
}

/** Each sample of a step as a stretch of its own. */
async function samplesOf(engine: Engine, { ref, field, steps, span, at }: Step): Promise<Stretch[]> {
  const within = spanOfStep(steps, at);
  const cut = { from: Math.max(span.from, within.from), to: Math.min(span.to, within.to) };
  const samples: Stretch[] = [];
  for await (const { values, timestamps } of engine.export(selector(FIELD_PREFIX + field, { ...ref }), cut)) {
    for (const [index, value] of values.entries()) {
      const ms = timestamps[index] as number;
      samples.push({ first: value, last: value, begin: ms, end: ms });
    }
  }
  return samples;
}

function spanOfStep({ from, step }: Steps, at: number) {
  return { from: from + at * step, to: from + (at + 1) * step - 1 };
}

/**
 * A counter that lies in several series, of several runs of the agent, is the kernel's and goes on between them; of two
 * runs at one time one is followed. What happened between two samples belongs to the step of the later one; where the
 * counter fell it began anew, and how far it had moved is not known.
 */
function followed(steps: readonly Stretch[][], wraps32: boolean) {
  const increase: (number | null)[] = [];
  const rate: (number | null)[] = [];
  let before: Stretch | undefined;
  for (const stretches of steps) {
    let [moved, knownMs] = [0, 0];
    for (const stretch of stretches.sort((a, b) => a.begin - b.begin)) {
      if (before && stretch.begin <= before.end) continue;
      const between = before && increaseOf(before.last, stretch.first, wraps32);
      if (before && between !== undefined) {
        moved += between;
        knownMs += stretch.begin - before.end;
      }
      moved += stretch.last - stretch.first;
      knownMs += stretch.end - stretch.begin;
      before = stretch;
    }
    increase.push(knownMs > 0 ? moved : null);
    rate.push(knownMs > 0 ? (moved * 1000) / knownMs : null);
  }
  return { increase, rate };
}
