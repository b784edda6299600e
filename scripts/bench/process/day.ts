/** A day, a sample a second, beside DuckDB; and half of it, for what memory it takes. */
import { loadavg } from 'node:os';
import type { Bench } from '../agent-run.ts';
import { collectionOf } from './collection.ts';
import { duckdbMissing, duckdbWays, pcprocess, pcprocessAlike } from './converters.ts';
import { type Rounds, takeTurns } from './turns.ts';

export interface DayResult {
  readonly samples: number;
  /** Bytes of the collection. */
  readonly bytes: number;
  /** pcprocess, the same without rates, and each way of DuckDB. */
  readonly whole: readonly Rounds[];
  readonly half: Rounds;
  readonly missing: string | undefined;
  /** How many processors others kept busy in the minute before: with some of them, wall times say little. */
  readonly loadBefore: number;
}

export async function measureDay(bench: Bench): Promise<DayResult> {
  const [loadBefore = 0] = loadavg();
  const whole = await collectionOf(bench.isQuick ? 'quick-day' : 'day', bench.isQuick ? 2000 : 86_400);
  const half = await collectionOf(bench.isQuick ? 'quick-half' : 'half', whole.samples / 2);
  const missing = await duckdbMissing();
  const ways = missing === undefined ? duckdbWays() : [];
  const turns = [
    { converter: pcprocess, collection: whole },
    { converter: pcprocessAlike, collection: whole },
    ...ways.map((converter) => ({ converter, collection: whole })),
    { converter: pcprocess, collection: half },
  ];
  const rounds = await takeTurns(bench, turns, bench.isQuick ? 1 : 5);
  const [ofHalf] = rounds.splice(-1);
  if (!ofHalf) throw new Error('BUG: every turn has its rounds');
  return { samples: whole.samples, bytes: whole.bytes, whole: rounds, half: ofHalf, missing, loadBefore };
}
