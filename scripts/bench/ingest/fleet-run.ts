/** How soon pcd acknowledges what a fleet sends, and what it needs for that, also while it seals an hour of every host. */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Bench } from '../agent-run.ts';
import { median, percentile, slope } from '../statistics.ts';
import { generateMachine, INTERVAL_SECONDS, type Span } from './fleet.ts';
import type { Acknowledged, FleetOrder, FleetReport } from './fleet-client.ts';
import { type Pcd, startPcd } from './pcd.ts';
import { load } from './server.ts';

const CLIENT = fileURLToPath(new URL('./fleet-client.ts', import.meta.url));
const LOOK_MS = 1000;

export interface FleetSize {
  /** Minutes of load. */
  readonly minutes: number;
  /** Samples of its hour that each host has sent before. */
  readonly preloaded: number;
}

interface Latency {
  readonly requests: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface FleetResult {
  readonly hosts: number;
  readonly intervalMs: number;
  readonly samplesEach: number;
  readonly preloaded: number;
  /** Milliseconds until the acknowledgement. */
  readonly latency: Latency;
  /** Before the hosts' hour is over, and from then on. */
  readonly before: Latency;
  readonly sealing: Latency;
  /** Answers other than 200, by status. */
  readonly refused: Readonly<Record<string, number>>;
  /** MB resident. */
  readonly memory: {
    readonly start: number;
    readonly middle: number;
    readonly end: number;
    readonly highest: number;
    /** A minute, over the second half. */
    readonly growth: number;
  };
  /** Of one processor. */
  readonly serverShare: number;
  readonly clientShare: number;
  readonly clientLatestMs: number;
}

/** The part of the run that is before the hour is over. */
const BEFORE = 1 / 3;
const HOUR = 3600;

/** Gives the part of the bench for a size that the command line may change. */
export function measureFleet(wish: Partial<FleetSize>): (bench: Bench) => Promise<FleetResult> {
  return async (bench) => {
    const size = bench.isQuick ? { minutes: 0.25, preloaded: 6 } : { minutes: 3, preloaded: 330 };
    const { minutes, preloaded } = { ...size, ...wish };
    const [hosts, intervalMs] = bench.isQuick ? [50, 2500] : [1000, INTERVAL_SECONDS * 1000];
    const samplesEach = Math.max(3, Math.round((minutes * 60_000) / intervalMs));
    await using pcd = await startPcd(bench);
    const span = spanOf({ preloaded, before: Math.round(samplesEach * BEFORE), samplesEach });
    const order = { hosts, intervalMs, samplesEach, span, preloaded, ...addressOf(pcd) };
    await preload(pcd, order);
    return await runFleet(bench, pcd, order);
  };
}

interface Phases {
  readonly preloaded: number;
  readonly before: number;
  readonly samplesEach: number;
}

/**
 * The hosts fill an hour, go on a little before the end of the next one, and begin a third one in the middle of the run:
 * then the first is complete, whether or not a store waits for what comes late. The hours lie ahead of the clock, so that
 * none is over before its time.
 */
function spanOf({ preloaded, before, samplesEach }: Phases): Span {
  const third = (Math.floor(Date.now() / 1000 / HOUR) + 3) * HOUR;
  const from = third - HOUR - (preloaded + before) * INTERVAL_SECONDS;
  return { from, samples: preloaded + samplesEach, pause: { after: preloaded, seconds: HOUR } };
}

function addressOf(pcd: Pcd): { port: number; key: string } {
  return { port: Number(new URL(pcd.url).port), key: String(pcd.at('').headers?.['x-api-key']) };
}

async function preload(pcd: Pcd, { hosts, preloaded, span }: FleetOrder): Promise<void> {
  await load(
    pcd,
    Array.from({ length: hosts }, (_, at) => generateMachine(at + 1, { ...span, samples: preloaded })),
  );
}

async function runFleet({ children }: Bench, pcd: Pcd, order: FleetOrder): Promise<FleetResult> {
  const client = children.start(process.execPath, [CLIENT, JSON.stringify(order)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = linesOf(client.process);
  await lines.next(); // ready
  const cpu = pcd.child.processorSeconds();
  const watch = watchMemory(pcd);
  client.process.stdin?.write('go\n');
  const { value } = await lines.next();
  const looks = await watch.stop();
  const report = JSON.parse(value ?? 'null') as FleetReport | null;
  if (!report) throw new Error('the fleet ended before its samples were sent');
  const serverShare = (pcd.child.processorSeconds() - cpu) / report.seconds;
  return summarize(order, { report, looks, serverShare });
}

function linesOf({ stdout }: ChildProcess): AsyncIterator<string> {
  if (!stdout) throw new Error('BUG: the output of the fleet is not read');
  return createInterface({ input: stdout })[Symbol.asyncIterator]();
}

interface Look {
  readonly minutes: number;
  readonly resident: number;
}

function watchMemory({ child }: Pcd): { stop(): Promise<Look[]> } {
  const stop = new AbortController();
  const started = performance.now();
  const looks: Look[] = [];
  const watching = (async () => {
    while (!stop.signal.aborted) {
      looks.push({ minutes: (performance.now() - started) / 60_000, resident: child.memory().total });
      await delay(LOOK_MS);
    }
  })();
  return {
    async stop() {
      stop.abort();
      await watching;
      return looks;
    },
  };
}

interface Observed {
  readonly report: FleetReport;
  readonly looks: readonly Look[];
  readonly serverShare: number;
}

function summarize(order: FleetOrder, { report, looks, serverShare }: Observed): FleetResult {
  const { hosts, intervalMs, samplesEach, preloaded } = order;
  const over = Math.round(samplesEach * BEFORE) * intervalMs;
  const [before, sealing] = [(at: Acknowledged) => at.dueMs < over, (at: Acknowledged) => at.dueMs >= over];
  return {
    ...{ hosts, intervalMs, samplesEach, preloaded },
    latency: latencyOf(report.acknowledged),
    before: latencyOf(report.acknowledged.filter(before)),
    sealing: latencyOf(report.acknowledged.filter(sealing)),
    refused: refusals(report.acknowledged),
    memory: memoryOf(looks),
    serverShare,
    clientShare: report.cpuSeconds / report.seconds,
    clientLatestMs: report.latestMs,
  };
}

function latencyOf(acknowledged: readonly Acknowledged[]): Latency {
  const took = acknowledged.filter(({ status }) => status === 200).map(({ tookMs }) => tookMs);
  return { requests: took.length, p50: percentile(took, 0.5), p99: percentile(took, 0.99), max: percentile(took, 1) };
}

function refusals(acknowledged: readonly Acknowledged[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of acknowledged) if (status !== 200) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

function memoryOf(looks: readonly Look[]): FleetResult['memory'] {
  const resident = looks.map((look) => look.resident);
  const half = looks.slice(looks.length >> 1);
  return {
    start: resident[0] ?? Number.NaN,
    middle: median(resident.slice(Math.floor(resident.length * 0.4), Math.ceil(resident.length * 0.6))),
    end: resident.at(-1) ?? Number.NaN,
    highest: Math.max(...resident),
    growth: slope(half.map(({ minutes, resident: y }) => ({ x: minutes, y }))),
  };
}
