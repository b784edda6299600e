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
  /** MB: how much more was resident at most while the whole came than while a quarter of it did. */
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
    results.push({ ...(await measureServer(server, found)), samples: hours * 360 });
  }
  return results;
}

interface Loaded {
  readonly server: Server;
  readonly whole: Target;
  /** Its last quarter. */
  readonly quarter: Target;
}

async function startPcdExport(bench: Bench, fleet: readonly Machine[]): Promise<Loaded> {
  const pcd = await startPcd(bench);
  await load(pcd, fleet);
  await pcd.compact();
  const path = `/v1/machines/${fleet[0]?.identifier}/collection`;
  return { server: pcd, whole: pcd.at(path), quarter: pcd.at(`${path}?from=${lastQuarter(fleet)}`) };
}

async function startVictoriaMetricsExport(bench: Bench, fleet: readonly Machine[]): Promise<Loaded | undefined> {
  const server = await startVictoriaMetrics(bench);
  if (!server) return undefined;
  await load(server, fleet);
  await server.compact();
  const match = encodeURIComponent(`{machine="${fleet[0]?.identifier}"}`);
  const url = `${server.url}/api/v1/export?match[]=${match}`;
  return { server, whole: { url }, quarter: { url: `${url}&start=${lastQuarter(fleet)}` } };
}

/** Unix seconds. */
function lastQuarter([machine]: readonly Machine[]): number {
  const times =
    machine
      ?.samples()
      .map(({ timestamp }) => timestamp)
      .toArray() ?? [];
  return times[Math.floor(times.length * 0.75)] ?? 0;
}

const EXPORTS = 5;

async function measureServer(server: Server, { whole, quarter }: Loaded): Promise<Omit<ExportResult, 'samples'>> {
  const small = await exportOften(server, quarter);
  const runs = await exportOften(server, whole);
  const most = (exports: readonly Export[]) => Math.max(...exports.map(({ resident }) => resident));
  return {
    server: server.name,
    bytes: runs[0]?.bytes ?? 0,
    cpuSeconds: median(runs.map(({ cpuSeconds }) => cpuSeconds)),
    firstCpuSeconds: runs[0]?.cpuSeconds ?? Number.NaN,
    megabytesPerSecond: median(runs.map(({ bytes, wallSeconds }) => bytes / 1e6 / wallSeconds)),
    memoryGrowth: most(runs) - most(small),
  };
}

interface Export {
  readonly bytes: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** MB, at most. */
  readonly resident: number;
}

async function exportOften(server: Server, target: Target): Promise<Export[]> {
  const exports: Export[] = [];
  for (let run = 0; run < EXPORTS; run++) exports.push(await exportOnce(server, target));
  return exports;
}

async function exportOnce({ child }: Server, target: Target): Promise<Export> {
  const before = await untilIdle(child, 1);
  const memory = watchMemory(() => child.memory().total);
  const started = performance.now();
  const answer = await stream(target);
  let bytes = 0;
  for await (const chunk of answer) bytes += (chunk as Buffer).length;
  const wallSeconds = (performance.now() - started) / 1000;
  const resident = await memory.most();
  if (answer.statusCode !== 200) throw new Error(`GET ${target.url} was answered ${answer.statusCode}`);
  return { bytes, wallSeconds, resident, cpuSeconds: child.processorSeconds() - before };
}

const LOOK_MS = 20;

/** Looks at a process's memory all the while. */
function watchMemory(resident: () => number): { most(): Promise<number> } {
  const stop = new AbortController();
  let most = resident();
  const watching = (async () => {
    while (!stop.signal.aborted) {
      most = Math.max(most, resident());
      await delay(LOOK_MS);
    }
  })();
  return {
    async most() {
      stop.abort();
      await watching;
      return most;
    },
  };
}
