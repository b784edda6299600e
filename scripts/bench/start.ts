/** How soon after its start pcc has its first sample in the file. */
import { once } from 'node:events';
import { type Bench, startLocal } from './agent-run.ts';
import { median } from './statistics.ts';

export interface StartResult {
  /** Milliseconds from the start of the program to its first whole line of sample; the tick it waits for is 10 ms at most. */
  readonly firstSampleMs: readonly number[];
  readonly median: number;
  /** Of a Node that does nothing, from start to end, in turn with the others: what this machine needs for that. */
  readonly bareNodeMedian: number;
}

export async function measureStart(bench: Bench): Promise<StartResult> {
  const [firstSampleMs, bare]: [number[], number[]] = [[], []];
  for (let run = 0; run < (bench.isQuick ? 3 : 10); run++) {
    firstSampleMs.push(await toFirstSample(bench));
    bare.push(await bareNode(bench));
  }
  return { firstSampleMs, median: median(firstSampleMs), bareNodeMedian: median(bare) };
}

async function toFirstSample(bench: Bench): Promise<number> {
  const started = performance.now();
  const agent = startLocal(bench, '10ms');
  await agent.reached(1);
  const took = performance.now() - started;
  await agent.stop();
  return took;
}

async function bareNode({ children }: Bench): Promise<number> {
  const started = performance.now();
  await once(children.start(process.execPath, ['--eval', '']).process, 'exit');
  return performance.now() - started;
}
