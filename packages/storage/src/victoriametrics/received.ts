import type { Sample } from '@perfcollector/collection';
import {
  AGENT_COUNTS,
  beginOf,
  type Completeness,
  isWithin,
  type RunCompleteness,
  type RunRecord,
  runCompleteness,
  totalOf,
} from '../completeness.ts';
import { mergeRanges, type SeqRange, toRanges } from '../seq-range.ts';
import type { MachineRef, TimeRange } from '../store.ts';
import type { Engine } from './engine.ts';
import { headersOf } from './headers.ts';
import { runLabel } from './labels.ts';
import { FIELD_PREFIX, METRIC } from './layout.ts';
import { hasMachine } from './machines.ts';
import { oneOf, selector } from './selector.ts';
import { spanOf } from './span.ts';

/** Which samples of a machine's runs are missing. How many came twice, the engine cannot tell. */
export async function completenessOf(
  engine: Engine,
  ref: MachineRef,
  range: TimeRange,
): Promise<Completeness | undefined> {
  if (!(await hasMachine(engine, ref))) return undefined;
  const [headers, received, [unnumbered]] = await Promise.all([
    headersOf(engine, ref),
    rangesReceived(engine, ref),
    engine.query((time) => `sum(changes(${selector(METRIC.unnumbered, { ...ref })}${time}))`, spanOf({})),
  ]);
  const headed = new Map([...headers.values()].map((header) => [runLabel(header.run), header]));
  const runs: RunCompleteness[] = [];
  for (const label of new Set([...headed.keys(), ...received.keys()])) {
    const header = headed.get(label) ?? null;
    const ranges = received.get(label) ?? [];
    const lastMs = ranges.at(-1)?.last_ms;
    const lastSample = lastMs === undefined ? null : await agentCounts(engine, { ...ref, run: label }, lastMs);
    runs.push(runCompleteness({ run: header?.run ?? label, header, ranges, duplicates: null, lastSample }));
  }
  const shown = runs.filter((run) => isWithin(run, range)).sort((a, b) => beginOf(a) - beginOf(b));
  return {
    id: ref.machine,
    runs: shown,
    total: totalOf(shown),
    unnumbered: { samples: unnumbered?.value ?? 0, duplicates: null },
  };
}

/** By run's label. A block at a time becomes ranges: a machine's year has millions of numbers. */
async function rangesReceived(engine: Engine, ref: MachineRef): Promise<Map<string, SeqRange[]>> {
  const runs = new Map<string, SeqRange[]>();
  for await (const { metric, values, timestamps } of engine.export(selector(METRIC.seq, { ...ref }), spanOf({}))) {
    const { run = '' } = metric;
    const received = toRanges(values.map((seq, at) => ({ seq, ms: timestamps[at] as number })));
    runs.set(run, mergeRanges([...(runs.get(run) ?? []), ...received]));
  }
  return runs;
}

/** As much of a run's last sample as tells what the agent lost. */
async function agentCounts(
  engine: Engine,
  labels: MachineRef & { run: string },
  ms: number,
): Promise<RunRecord['lastSample']> {
  const names = oneOf(Object.values(AGENT_COUNTS).map((name) => FIELD_PREFIX + name));
  const fields: Record<string, number> = {};
  for await (const { metric, values } of engine.export(selector(names, { ...labels }), { from: ms, to: ms })) {
    fields[(metric.__name__ ?? '').slice(FIELD_PREFIX.length)] = Math.max(...values);
  }
  return { timestamp: ms / 1000, fields } satisfies Sample;
}
