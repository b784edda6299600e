/** What a sample costs pcc and its peers, in processor time. */
import { setTimeout as delay } from 'node:timers/promises';
import { sources } from '../../packages/procfs/src/index.ts';
import { type AgentRun, type Bench, kernelFilesOf, startLocal } from './agent-run.ts';
import { compilePread, type Exporter, type Pread, startNodeExporter, startSadc } from './peers.ts';
import { median } from './statistics.ts';

const NAMES = { pcc: 'pcc', nodeExporter: 'node_exporter', sadc: 'sadc -S XALL', pread: 'C, only pread' } as const;
type Peer = keyof typeof NAMES;

export interface Cost {
  readonly peer: Peer;
  readonly name: string;
  /** Microseconds of processor time a sample, user and system. */
  readonly microseconds: number;
}

export interface CpuResult {
  /** One at a time, in turn, at this interval; sadc cannot do less than a second. */
  readonly intervalMs: number;
  readonly costs: readonly Cost[];
  /** All together, once a second. */
  readonly atOneHertz: readonly Cost[];
  readonly files: readonly string[];
  readonly collectors: readonly string[];
  readonly missing: readonly string[];
}

interface Field {
  readonly agent: AgentRun;
  readonly exporter: Exporter | undefined;
  readonly pread: Pread | undefined;
  readonly files: readonly string[];
}

export async function measureCpu(bench: Bench): Promise<CpuResult> {
  const intervalMs = 10;
  const agent = startLocal(bench, `${intervalMs}ms`);
  await agent.reached(bench.isQuick ? 100 : 500); // V8 has compiled what is hot
  const files = filesOf(agent);
  const exporter = await startNodeExporter(bench, files);
  const pread = await compilePread(bench);
  const field = { agent, exporter, pread, files };
  const costs = await takeTurns(field, {
    intervalMs,
    rounds: bench.isQuick ? 2 : 7,
    samples: bench.isQuick ? 50 : 200,
  });
  await agent.stop();
  const atOneHertz = await oneHertz(bench, field, bench.isQuick ? 5 : 60);
  await exporter?.child.stop();
  const missing = missingPeers(atOneHertz);
  return { intervalMs, costs, atOneHertz, files, collectors: exporter?.collectors ?? [], missing };
}

/** What pcc holds open; where it opens files anew for every sample, what its sources say. */
function filesOf({ child }: AgentRun): string[] {
  const open = kernelFilesOf(child.pid);
  if (open.length > 0) return open;
  const named = sources.filter((source) => source.open).map(({ subsystem }) => subsystem);
  return [...named.filter((name) => name.startsWith('/')), '/proc/self/mountinfo'];
}

interface Turns {
  readonly intervalMs: number;
  readonly rounds: number;
  readonly samples: number;
}

/** A B C A B C …, and the medians: the speed of a shared machine drifts. Who has no turn stands still. */
async function takeTurns(
  { agent, exporter, pread, files }: Field,
  { intervalMs, rounds, samples }: Turns,
): Promise<Cost[]> {
  const times: Record<'pcc' | 'nodeExporter' | 'pread', number[]> = { pcc: [], nodeExporter: [], pread: [] };
  for (let round = 0; round < rounds; round++) {
    agent.child.resume();
    await agent.reached(agent.samples() + 5); // the pause is over and caught up with
    times.pcc.push(await perSample(agent, () => agent.reached(agent.samples() + samples)));
    agent.child.pause();
    if (exporter) times.nodeExporter.push(await perScrape(exporter, samples, intervalMs));
    if (pread) times.pread.push(await pread(files, { pause: intervalMs, rounds: samples }));
  }
  agent.child.resume();
  return Object.entries(times).flatMap(([peer, values]) => costOf(peer as Peer, median(values)));
}

async function perSample({ child, samples }: AgentRun, until: () => Promise<void>): Promise<number> {
  const [cpu, count] = [child.cpu(), samples()];
  await until();
  return (child.cpu() - cpu) / (samples() - count);
}

async function perScrape({ child, scrape }: Exporter, scrapes: number, intervalMs: number): Promise<number> {
  const cpu = child.cpu();
  for (let scraped = 0; scraped < scrapes; scraped++) await Promise.all([scrape(), delay(intervalMs)]);
  return (child.cpu() - cpu) / scrapes;
}

/** Everything once a second, all at the same time: caches are cold, as they are in a real agent. */
async function oneHertz(bench: Bench, { exporter, pread, files }: Field, seconds: number): Promise<Cost[]> {
  const agent = startLocal(bench, '1s');
  const sadc = startSadc(bench);
  await agent.reached(bench.isQuick ? 2 : 20);
  const sadcBefore = sadc?.cpu();
  const [pcc, nodeExporter, only] = await Promise.all([
    perSample(agent, () => agent.reached(agent.samples() + seconds)),
    exporter && perScrape(exporter, seconds, 1000),
    pread?.(files, { pause: 1000, rounds: seconds }),
  ]);
  const sadcCost = sadc && sadcBefore !== undefined ? (sadc.cpu() - sadcBefore) / seconds : undefined;
  await Promise.all([agent.stop(), sadc?.stop()]);
  return Object.entries({ pcc, nodeExporter, sadc: sadcCost, pread: only }).flatMap(([peer, cost]) =>
    costOf(peer as Peer, cost),
  );
}

function costOf(peer: Peer, microseconds: number | undefined): Cost[] {
  if (microseconds === undefined || Number.isNaN(microseconds)) return [];
  return [{ peer, name: NAMES[peer], microseconds }];
}

function missingPeers(measured: readonly Cost[]): string[] {
  const has = (peer: Peer) => measured.some((cost) => cost.peer === peer);
  return [
    ...(has('nodeExporter') ? [] : ['node_exporter is not installed (Debian: prometheus-node-exporter)']),
    ...(has('sadc') ? [] : ['sadc is not installed (Debian: sysstat)']),
    ...(has('pread') ? [] : ['there is no C compiler for pread.c (Debian: gcc)']),
  ];
}
