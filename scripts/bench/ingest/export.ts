/** What it costs to get a day of one machine back. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from '../agent-run.ts';
import { median } from '../statistics.ts';
import { stream, type Target } from './http.ts';
import type { Machine } from './machine.ts';
import { startPcd } from './pcd.ts';
import { load, type Server, type ServerName, untilIdle } from './server.ts';
import { generateFleet } from './throughput.ts';
import { startVictoriaMetrics } from './victoria-metrics.ts';

export interface ExportResult {
  readonly server: ServerName;
  readonly samples: number;
  /** Of the answer. */
  readonly bytes: number;
  /** Each the middle of some exports, and the first, when nothing was in a cache. */
  readonly cpuSeconds: number;
  readonly firstCpuSeconds: number;
  readonly megabytesPerSecond: number;
  /** MB: how much more was resident while the answer came than before it; the most of all exports. */
  readonly memoryGrowth: number;
}

export async function measureExport(bench: Bench): Promise<ExportResult[]> {
  const hours = bench.isQuick ? 2 : 24;
  const fleet = generateFleet({ machines: 1, hours });
  const results: ExportResult[] = [];
  for (const start of [startPcdExport, startVictoriaMetricsExport]) {
    const found = await start(bench, fleet);
    if (!found) continue;
    await using server = found.server;
    results.push(await measureServer(server, found.target, hours * 360));
  }
  return results;
}

interface Loaded {
  readonly server: Server;
  readonly target: Target;
}

async function startPcdExport(bench: Bench, fleet: readonly Machine[]): Promise<Loaded> {
  const pcd = await startPcd(bench);
  await load(pcd, fleet);
  await pcd.compact();
  return { server: pcd, target: pcd.at(`/v1/machines/${fleet[0]?.identifier}/collection`) };
}

async function startVictoriaMetricsExport(bench: Bench, fleet: readonly Machine[]): Promise<Loaded | undefined> {
  const server = await startVictoriaMetrics(bench);
  if (!server) return undefined;
  await load(server, fleet);
  await server.compact();
  const match = encodeURIComponent(`{machine="${fleet[0]?.identifier}"}`);
  return { server, target: { url: `${server.url}/api/v1/export?match[]=${match}` } };
}

const EXPORTS = 5;

async function measureServer(server: Server, target: Target, samples: number): Promise<ExportResult> {
  const runs = [];
  for (let run = 0; run < EXPORTS; run++) runs.push(await exportOnce(server, target));
  const cpu = runs.map(({ cpuSeconds }) => cpuSeconds);
  return {
    server: server.name,
    samples,
    bytes: runs[0]?.bytes ?? 0,
    cpuSeconds: median(cpu),
    firstCpuSeconds: cpu[0] ?? Number.NaN,
    megabytesPerSecond: median(runs.map(({ bytes, wallSeconds }) => bytes / 1e6 / wallSeconds)),
    memoryGrowth: Math.max(...runs.map(({ memoryGrowth }) => memoryGrowth)),
  };
}

async function exportOnce({ child }: Server, target: Target) {
  const before = await untilIdle(child, 1);
  const memory = watchMemory(() => child.memory().total);
  const started = performance.now();
  const answer = await stream(target);
  let bytes = 0;
  for await (const chunk of answer) bytes += (chunk as Buffer).length;
  const wallSeconds = (performance.now() - started) / 1000;
  const memoryGrowth = await memory.growth();
  if (answer.statusCode !== 200) throw new Error(`GET ${target.url} was answered ${answer.statusCode}`);
  return { bytes, wallSeconds, memoryGrowth, cpuSeconds: child.processorSeconds() - before };
}

const LOOK_MS = 20;

/** Looks at a process's memory all the while. */
function watchMemory(resident: () => number): { growth(): Promise<number> } {
  const stop = new AbortController();
  const before = resident();
  let most = before;
  const watching = (async () => {
    while (!stop.signal.aborted) {
      most = Math.max(most, resident());
      await delay(LOOK_MS);
    }
  })();
  return {
    async growth() {
      stop.abort();
      await watching;
      return most - before;
    },
  };
}
