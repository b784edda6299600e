import type { Header } from '@perfcollector/collection';
import type { MachineRef, MachineSummary, StoreStats, TenantTotals } from '../store.ts';
import type { Engine } from './engine.ts';
import { headersOf } from './headers.ts';
import { ANY_METRIC, METRIC } from './layout.ts';
import { joinMarks, machineKey, type Whose } from './marks.ts';
import type { PastMarks } from './past-marks.ts';
import { label, selector } from './selector.ts';
import { spanOf } from './span.ts';

/** Where summaries come from. */
export interface Sources {
  readonly engine: Engine;
  readonly past: PastMarks;
}

interface Found extends MachineSummary {
  readonly tenant: string;
}

/** Summaries by name, made by the engine from the marks of each sample. */
export async function machinesOf(sources: Sources, whose: Whose): Promise<MachineSummary[]> {
  return (await findMachines(sources, whose)).map(({ tenant, ...summary }) => summary);
}

async function findMachines({ engine, past }: Sources, whose: Whose): Promise<Found[]> {
  const run = selector(METRIC.run, { ...whose });
  const [there, marks, runs, newest] = await Promise.all([
    engine.series(selector(METRIC.received, { ...whose }), spanOf({})),
    past.marksOf(whose),
    engine.query(
      (time) => `count(count(last_over_time(${run}${time})) by (tenant, machine, run)) by (tenant, machine)`,
      spanOf({}),
    ),
    engine.query((time) => `topk(1, last_over_time(${run}${time})) by (tenant, machine)`, spanOf({})),
  ]);
  const [runsBy, newestBy] = [runs, newest].map((rows) => new Map(rows.map((row) => [machineKey(row.metric), row])));
  return there
    .map((labels) => {
      const key = machineKey(labels);
      return {
        tenant: label(labels, 'tenant'),
        id: label(labels, 'machine'),
        ...joinMarks(marks.get(key)),
        runs: runsBy?.get(key)?.value ?? 0, // the engine leaves out what it finds none of
        interval: Number(newestBy?.get(key)?.metric.interval ?? Number.NaN) || null,
      };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

export async function machineOf(
  sources: Sources,
  ref: MachineRef,
): Promise<(MachineSummary & { header: Header | null }) | undefined> {
  const [[summary], headers] = await Promise.all([machinesOf(sources, { ...ref }), headersOf(sources.engine, ref)]);
  if (!summary) return undefined;
  const newest = [...headers.values()].reduce<Header | null>(
    (best, header) => (best && best.started >= header.started ? best : header),
    null,
  );
  return { ...summary, header: newest };
}

/** Asked of the series' names, and not of what they hold; the engine's list of label values would name deleted ones too. */
export async function hasMachine(engine: Engine, { tenant, machine }: MachineRef): Promise<boolean> {
  const found = await engine.series(selector(METRIC.received, { tenant, machine }), spanOf({}));
  return found.length > 0;
}

/** @returns the number of its samples, undefined where there is no such machine */
export async function deleteMachine(sources: Sources, ref: MachineRef): Promise<number | undefined> {
  const [summary] = await machinesOf(sources, { ...ref });
  if (!summary) return undefined;
  await sources.engine.deleteSeries(selector(ANY_METRIC, { ...ref }));
  sources.past.noteChange(ref.tenant);
  return summary.samples;
}

export async function totalsOf(sources: Sources, whose: Whose): Promise<TenantTotals> {
  const [machines, bytes] = await Promise.all([findMachines(sources, whose), sources.engine.diskBytes()]);
  const times = machines.flatMap(({ first, last }) => [first, last]).filter((time) => time !== null);
  return {
    machines: machines.length,
    samples: machines.reduce((sum, { samples }) => sum + samples, 0),
    first: times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b)),
    last: times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b)),
    bytes,
  };
}

export async function statsOf(sources: Sources): Promise<StoreStats> {
  return { ...(await totalsOf(sources, {})), rows: null, chunks: null };
}
