/** What pcc keeps in memory through a long run, in both modes. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Bench, startLocal, startTrickle } from './agent-run.ts';
import type { Child, Memory } from './child.ts';
import { startServer } from './server.ts';
import { median, slope } from './statistics.ts';

const FREQUENCY = '10ms';
const LOOK_MS = 1000;

export interface MemoryResult {
  readonly mode: 'local' | 'trickle';
  readonly samples: number;
  /** MB: the highest that was seen, and the middle of the second half. */
  readonly highest: Memory;
  readonly settled: Memory;
  /** MB a thousand samples, anonymous memory, over the second half. */
  readonly growth: number;
}

export async function measureMemory(bench: Bench): Promise<MemoryResult[]> {
  const samples = bench.isQuick ? 500 : 20_000;
  return await Promise.all([local(bench, samples), trickle(bench, samples)]);
}

async function local(bench: Bench, samples: number): Promise<MemoryResult> {
  const agent = startLocal(bench, FREQUENCY);
  const looks = await watch(agent.child, { samples, taken: agent.samples });
  await agent.stop();
  return summarize('local', looks);
}

async function trickle(bench: Bench, samples: number): Promise<MemoryResult> {
  await using server = await startServer(bench);
  const child = startTrickle(bench, { server: server.url, key: server.key, frequency: FREQUENCY });
  const looks = await watch(child, { samples, taken: server.samples });
  await child.stop();
  return summarize('trickle', looks);
}

interface Look extends Memory {
  readonly samples: number;
}

/** A machine that is too slow for the frequency takes longer, but not for ever. */
const LONGEST_MS = 270_000;

async function watch(
  child: Child,
  { samples, taken }: { samples: number; taken: () => number | Promise<number> },
): Promise<Look[]> {
  const looks: Look[] = [];
  const end = performance.now() + LONGEST_MS;
  for (let count = 0; count < samples && performance.now() < end; ) {
    await delay(LOOK_MS);
    count = await taken();
    looks.push({ samples: count, ...child.memory() });
  }
  return looks;
}

function summarize(mode: MemoryResult['mode'], looks: readonly Look[]): MemoryResult {
  const half = looks.slice(looks.length >> 1);
  const of = (pick: (values: number[]) => number, from: readonly Look[]): Memory => ({
    anonymous: pick(from.map(({ anonymous }) => anonymous)),
    total: pick(from.map(({ total }) => total)),
  });
  return {
    mode,
    samples: looks.at(-1)?.samples ?? 0,
    highest: of((values) => Math.max(...values), looks),
    settled: of(median, half),
    growth: 1000 * slope(half.map(({ samples, anonymous }) => ({ x: samples, y: anonymous }))),
  };
}
