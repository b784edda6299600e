/** An hour from the command line, beside R, which would take minutes for a day. */
import type { Bench } from '../agent-run.ts';
import { collectionOf } from './collection.ts';
import { jsonlite, pcprocess, R_MISSING } from './converters.ts';
import { type Rounds, takeTurns } from './turns.ts';

export interface HourResult {
  readonly samples: number;
  readonly own: Rounds;
  readonly r: Rounds | undefined;
  readonly missing: string | undefined;
}

export async function measureHour(bench: Bench): Promise<HourResult> {
  const collection = await collectionOf(bench.isQuick ? 'quick-hour' : 'hour', bench.isQuick ? 200 : 3600);
  const peer = jsonlite();
  const turns = [pcprocess, ...(peer ? [peer] : [])].map((converter) => ({ converter, collection }));
  const [own, r] = await takeTurns(bench, turns, bench.isQuick ? 1 : 5);
  if (!own) throw new Error('BUG: every turn has its rounds');
  return { samples: collection.samples, own, r, missing: peer ? undefined : R_MISSING };
}
