/** How soon `pcprocess --help` is done. */
import type { Bench } from '../agent-run.ts';
import { median } from '../statistics.ts';
import { PCPROCESS } from './converters.ts';
import { runMeasured } from './run-measured.ts';

export interface HelpResult {
  readonly milliseconds: readonly number[];
  readonly median: number;
  /** Of a Node that does nothing, in turn with the others: what this machine needs for that. */
  readonly bareNodeMedian: number;
}

export async function measureHelp(bench: Bench): Promise<HelpResult> {
  const [milliseconds, bare]: [number[], number[]] = [[], []];
  for (let run = 0; run < (bench.isQuick ? 3 : 15); run++) {
    milliseconds.push(1000 * (await runMeasured(bench, [PCPROCESS, '--help'])).wallSeconds);
    bare.push(1000 * (await runMeasured(bench, [process.execPath, '--eval', ''])).wallSeconds);
  }
  return { milliseconds, median: median(milliseconds), bareNodeMedian: median(bare) };
}
