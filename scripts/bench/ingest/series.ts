/** How long a chart takes: five fields of one machine over a month, a thousand points. */
import type { Bench } from '../agent-run.ts';
import { median } from '../statistics.ts';
import { fleetFields } from './fleet-fields.ts';
import { get, type Target } from './http.ts';
import type { Machine } from './machine.ts';
import { startPcd } from './pcd.ts';
import { load, type Server, type ServerName } from './server.ts';
import { generateFleet } from './throughput.ts';
import { startVictoriaMetrics } from './victoria-metrics.ts';

const FIELDS = ['cpu_user', 'mem_available', 'loadavg_1min', 'disk_vda_reads', 'net_eth0_rx_bytes'];
const POINTS = 1000;
const QUERIES = 20;

interface Query {
  readonly machine: Machine;
  readonly from: number;
  readonly to: number;
}

export interface SeriesResult {
  readonly server: ServerName;
  readonly days: number;
  readonly fields: number;
  readonly points: number;
  /** In the order in which they were asked. */
  readonly milliseconds: readonly number[];
  readonly median: number;
  /** What it answered instead, where it cannot be asked. */
  readonly skipped?: string;
}

export async function measureSeries(bench: Bench): Promise<SeriesResult[]> {
  const days = bench.isQuick ? 3 : 30;
  const fleet = generateFleet({ machines: 1, hours: days * 24 });
  const [machine] = fleet;
  if (!machine) throw new Error('BUG: a fleet of one is empty');
  const from = machine.header?.started ?? 0;
  const query = { machine, from, to: from + days * 86_400 };
  const results: SeriesResult[] = [];
  for (const start of [startPcdSeries, startVictoriaMetricsSeries]) {
    await using found = await start(bench, query);
    if (found) results.push(await ask(found, days));
  }
  return results;
}

interface Asked extends AsyncDisposable {
  readonly server: Server;
  readonly target: Target;
}

async function startPcdSeries(bench: Bench, { machine, from, to }: Query): Promise<Asked> {
  const server = await startPcd(bench);
  const search = new URLSearchParams({ fields: FIELDS.join(), from: `${from}`, to: `${to}`, points: `${POINTS}` });
  const target = server.at(`/v1/machines/${machine.identifier}/series?${search}`);
  if (await isServed(target)) {
    await load(server, [machine]);
    await server.compact();
  }
  return { server, target, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** Whether there is such a route; a machine that is not known yet has another code. */
async function isServed(target: Target): Promise<boolean> {
  const { status, body } = await get(target);
  return status < 500 && !body.toString().includes('"NO_ROUTE"');
}

/** Counters as rates, gauges as means over each step: what pcd's answer holds. */
async function startVictoriaMetricsSeries(bench: Bench, { machine, from, to }: Query): Promise<Asked | undefined> {
  const server = await startVictoriaMetrics(bench);
  if (!server) return undefined;
  await load(server, [machine]);
  await server.compact();
  const step = `${Math.ceil((to - from) / POINTS)}s`;
  const counters = new Set(fleetFields().flatMap(({ name, isCounter }) => (isCounter ? [name] : [])));
  const select = (names: readonly string[]) =>
    `{__name__=~"${names.join('|')}",machine="${machine.identifier}"}[${step}]`;
  const rates = `rate(${select(FIELDS.filter((name) => counters.has(name)))}) keep_metric_names`;
  const means = `avg_over_time(${select(FIELDS.filter((name) => !counters.has(name)))}) keep_metric_names`;
  const search = new URLSearchParams({
    query: `${rates} or ${means}`,
    start: `${from}`,
    end: `${to}`,
    step,
    nocache: '1',
  });
  const target = { url: `${server.url}/api/v1/query_range?${search}` };
  return { server, target, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

async function ask({ server, target }: Asked, days: number): Promise<SeriesResult> {
  const milliseconds: number[] = [];
  const about = { server: server.name, days, fields: FIELDS.length, points: POINTS };
  for (let query = 0; query < QUERIES; query++) {
    const started = performance.now();
    const { status, body } = await get(target);
    if (status !== 200) {
      const skipped = `HTTP ${status}: ${body.toString().slice(0, 200)}`;
      return { ...about, milliseconds, median: Number.NaN, skipped };
    }
    milliseconds.push(performance.now() - started);
  }
  return { ...about, milliseconds, median: median(milliseconds) };
}
