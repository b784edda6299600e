/** How many values a second of processor time each server takes in: the same samples, each in its own best protocol. */
import { buffer } from 'node:stream/consumers';
import type { Bench } from '../agent-run.ts';
import { type Body, decimalFields } from './bodies.ts';
import { generateMachine, INTERVAL_SECONDS } from './fleet.ts';
import { postAll, stream } from './http.ts';
import { startInfluxDb } from './influxdb.ts';
import { countValues, type Machine } from './machine.ts';
import { startPcd } from './pcd.ts';
import { allBodies, load, type Protocol, type Server, type ServerName, untilIdle } from './server.ts';
import { startVictoriaMetrics } from './victoria-metrics.ts';

export interface Throughput {
  readonly server: ServerName;
  readonly protocol: string;
  readonly values: number;
  /** Of the server, user and system, until it has nothing left to do. */
  readonly cpuSeconds: number;
  readonly valuesPerCpuSecond: number;
  /** Until the last acknowledgement. */
  readonly wallSeconds: number;
  /** Bodies, as sent. */
  readonly bytes: number;
  readonly requests: number;
  /** Requests that had to be sent again because the server was busy. */
  readonly putOff: number;
}

export interface ThroughputResult {
  readonly machines: number;
  readonly hours: number;
  readonly runs: readonly Throughput[];
}

type Start = () => Promise<Server | undefined>;

export async function measureThroughput(bench: Bench): Promise<ThroughputResult> {
  const { machines, hours } = bench.isQuick ? { machines: 3, hours: 1 } : { machines: 20, hours: 6 };
  const fleet = generateFleet({ machines, hours });
  const task = { fleet, values: countValues(fleet) };
  const decimal = decimalFields(fleet);
  const starts: Start[] = [
    () => startPcd(bench),
    () => startVictoriaMetrics(bench),
    () => startInfluxDb(bench, { decimal }),
  ];
  const runs: Throughput[] = [];
  for (const start of starts) runs.push(...(await measureProtocols(start, task)));
  const native = await nativeProtocol(bench, fleet);
  if (native) runs.push(...(await measureOne(() => startVictoriaMetrics(bench), native, task)));
  return { machines, hours, runs };
}

/** Its last sample is an hour old: no clock of any machine is ahead. */
export function generateFleet({ machines, hours }: { machines: number; hours: number }): Machine[] {
  const from = (Math.floor(Date.now() / 3_600_000) - 1 - hours) * 3600;
  const samples = (hours * 3600) / INTERVAL_SECONDS;
  return Array.from({ length: machines }, (_, at) => generateMachine(at + 1, { from, samples }));
}

interface Task {
  readonly fleet: readonly Machine[];
  readonly values: number;
}

async function measureProtocols(start: Start, task: Task): Promise<Throughput[]> {
  const names = await namesOf(start);
  const runs: Throughput[] = [];
  for (const name of names) {
    runs.push(...(await measureOne(start, (server) => server.protocols.find((one) => one.name === name), task)));
  }
  return runs;
}

async function namesOf(start: Start): Promise<string[]> {
  await using server = await start();
  return server?.protocols.map(({ name }) => name) ?? [];
}

type Choose = (server: Server) => Protocol | undefined;

/** With a server of its own; none where it is not installed. */
async function measureOne(start: Start, choose: Choose, { fleet, values }: Task): Promise<Throughput[]> {
  await using server = await start();
  const protocol = server && choose(server);
  if (!protocol) return [];
  const bodies = [...allBodies(protocol, fleet)];
  const before = await untilIdle(server.child);
  const started = performance.now();
  const posted = await postAll(protocol.target, bodies);
  const wallSeconds = (performance.now() - started) / 1000;
  await server.flush();
  const cpuSeconds = (await untilIdle(server.child)) - before;
  const cost = { values, cpuSeconds, valuesPerCpuSecond: values / cpuSeconds, wallSeconds };
  return [{ server: server.name, protocol: protocol.name, ...cost, ...posted }];
}

/** VictoriaMetrics' own binary form, which only another one can write. */
async function nativeProtocol(bench: Bench, fleet: readonly Machine[]): Promise<Choose | undefined> {
  await using server = await startVictoriaMetrics(bench);
  if (!server) return undefined;
  await load(server, fleet);
  await server.flush();
  const exported = new Map<string, Body>();
  for (const { identifier } of fleet) {
    const match = encodeURIComponent(`{machine="${identifier}"}`);
    const bytes = await buffer(await stream({ url: `${server.url}/api/v1/export/native?match[]=${match}` }));
    exported.set(identifier, { bytes });
  }
  const bodies = ({ identifier }: Machine) => [exported.get(identifier)].filter((body) => body !== undefined);
  return ({ url }) => ({ name: 'import, native', target: { url: `${url}/api/v1/import/native` }, bodies });
}
