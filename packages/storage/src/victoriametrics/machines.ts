import type { Header } from '@perfcollector/collection';
import type { MachineRef, MachineSummary, StoreStats, TenantTotals } from '../store.ts';
import type { Engine, Expression, Row } from './engine.ts';
import { headersOf } from './headers.ts';
import { ANY_METRIC, METRIC, SAMPLE_METRIC } from './layout.ts';
import { label, selector } from './selector.ts';
import { spanOf } from './span.ts';

/** Whose machines: all of a tenant, one, or, for who runs the server, all there are. */
interface Whose {
  readonly tenant?: string;
  readonly machine?: string;
}

interface Found extends MachineSummary {
  readonly tenant: string;
}

/** Summaries by name, made by the engine from the marks of each sample. */
export async function machinesOf(engine: Engine, whose: Whose): Promise<MachineSummary[]> {
  return (await findMachines(engine, whose)).map(({ tenant, ...summary }) => summary);
}

async function findMachines(engine: Engine, whose: Whose): Promise<Found[]> {
  const [samples, run, received] = [SAMPLE_METRIC, METRIC.run, METRIC.received].map((name) =>
    selector(name, { ...whose }),
  );
  const ask = async (expression: Expression) => byMachine(await engine.query(expression, spanOf({})));
  const [seen, count, first, last, runs, newest] = await Promise.all([
    ask((time) => `max(tlast_over_time(${received}${time})) by (tenant, machine)`),
    // What came twice stands beside itself, with the same mark. To count different marks takes fifty times as long.
    ask((time) => `sum(changes(${samples}${time})) by (tenant, machine)`),
    ask((time) => `min(tfirst_over_time(${samples}${time})) by (tenant, machine)`),
    ask((time) => `max(tlast_over_time(${samples}${time})) by (tenant, machine)`),
    ask((time) => `count(count(last_over_time(${run}${time})) by (tenant, machine, run)) by (tenant, machine)`),
    ask((time) => `topk(1, last_over_time(${run}${time})) by (tenant, machine)`),
  ]);
  return [...seen]
    .map(([key, row]) => ({
      tenant: label(row.metric, 'tenant'),
      id: label(row.metric, 'machine'),
      first: first.get(key)?.value ?? null,
      last: last.get(key)?.value ?? null,
      samples: count.get(key)?.value ?? 0, // the engine leaves out what it finds none of
      runs: runs.get(key)?.value ?? 0,
      seen: row.value,
      interval: Number(newest.get(key)?.metric.interval ?? Number.NaN) || null,
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

function byMachine(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.map((row) => [`${row.metric.tenant} ${row.metric.machine}`, row]));
}

export async function machineOf(
  engine: Engine,
  ref: MachineRef,
): Promise<(MachineSummary & { header: Header | null }) | undefined> {
  const [[summary], headers] = await Promise.all([machinesOf(engine, { ...ref }), headersOf(engine, ref)]);
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
export async function deleteMachine(engine: Engine, ref: MachineRef): Promise<number | undefined> {
  const [summary] = await machinesOf(engine, { ...ref });
  if (!summary) return undefined;
  await engine.deleteSeries(selector(ANY_METRIC, { ...ref }));
  return summary.samples;
}

export async function totalsOf(engine: Engine, whose: Whose): Promise<TenantTotals> {
  const [machines, bytes] = await Promise.all([findMachines(engine, whose), engine.diskBytes()]);
  const times = machines.flatMap(({ first, last }) => [first, last]).filter((time) => time !== null);
  return {
    machines: machines.length,
    samples: machines.reduce((sum, { samples }) => sum + samples, 0),
    first: times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b)),
    last: times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b)),
    bytes,
  };
}

export async function statsOf(engine: Engine): Promise<StoreStats> {
  return { ...(await totalsOf(engine, {})), rows: null, chunks: null };
}
