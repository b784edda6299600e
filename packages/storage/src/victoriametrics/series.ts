import { type FieldKind, fieldKinds } from '../rollup/field-kind.ts';
import { MOST_SERIES, type Series, type SeriesReply, type SeriesRequest, StoreError } from '../store.ts';
import { countersOf } from './counter-series.ts';
import type { Engine } from './engine.ts';
import type { FieldsQuestion } from './field-rows.ts';
import { gaugesOf } from './gauge-series.ts';
import { FIELD_PREFIX } from './layout.ts';
import { hasMachine } from './machines.ts';
import { oneOf, selector } from './selector.ts';
import { spanOf } from './span.ts';
import { stepsOf } from './steps.ts';

/** Fields in one question: the engine takes questions of 16 KiB, and names may be long. */
const FIELDS_TOGETHER = 10;

/** @throws StoreError TOO_MANY where more fields answer than may be asked for at once */
export async function seriesOf(engine: Engine, request: SeriesRequest): Promise<SeriesReply | undefined> {
  if (!(await hasMachine(engine, request))) return undefined;
  const { tenant, machine } = request;
  const [steps, span, kindOf] = [stepsOf(request), spanOf(request), fieldKinds()];
  const series: Series[] = [];
  for (const names of inGroups(await namesOf(engine, request))) {
    const ofKind = (wanted: FieldKind['kind']) => names.filter((name) => kindOf(name).kind === wanted);
    const ask = (fields: readonly string[]): FieldsQuestion => ({ ref: { tenant, machine }, fields, steps, span });
    series.push(...(await gaugesOf(engine, ask(ofKind('gauge')))));
    series.push(...(await countersOf(engine, ask(ofKind('counter')), (field) => kindOf(field).wraps32)));
  }
  const times = Array.from({ length: steps.count }, (_, at) => (steps.from + at * steps.step) / 1000);
  series.sort((a, b) => (a.field < b.field ? -1 : 1));
  return { step: steps.step / 1000, resolution: 'raw', times, series };
}

/** Names of fields that there may be in the time asked for. */
async function namesOf(engine: Engine, { tenant, machine, fields, from, to }: SeriesRequest): Promise<string[]> {
  const match = selector(
    oneOf(
      fields.map((name) => FIELD_PREFIX + name),
      'any text',
    ),
    { tenant, machine },
  );
  const names = await engine.labelValues('__name__', match, spanOf({ from, to }));
  if (names.length <= MOST_SERIES) return names.map((name) => name.slice(FIELD_PREFIX.length));
  throw new StoreError('TOO_MANY', `${names.length} fields have such names; ask for at most ${MOST_SERIES} at once`);
}

function* inGroups(names: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < names.length; at += FIELDS_TOGETHER) yield names.slice(at, at + FIELDS_TOGETHER);
}
