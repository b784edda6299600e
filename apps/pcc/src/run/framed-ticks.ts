import { type Clock, type Schedule, type Tick, ticks } from '../agent/schedule.ts';

export interface Frame {
  /** Milliseconds between ticks. */
  readonly interval: number;
  readonly clock: Clock;
  /** Ends the regular ticks; the last one comes at once. */
  readonly signal: AbortSignal;
  /** Called when the first sample has been taken. */
  readonly start: () => Promise<void>;
}

/**
 * A tick right before something starts, the regular ones while it lasts, and one right after its end: however short it
 * is, there are two samples, and what lies between them is its time alone.
 */
export async function* framedTicks({ interval, clock, signal, start }: Frame): AsyncGenerator<Tick> {
  yield { seq: 1, lateMs: 0 };
  await start();
  let [seq, at] = [1, clock.now()];
  const schedule: Schedule = { interval, clock, signal, duration: Number.POSITIVE_INFINITY };
  for await (const tick of ticks(schedule)) {
    seq = tick.seq + 1;
    yield { ...tick, seq };
    at = clock.now();
  }
  // Two samples of one millisecond would be taken for one.
  if (clock.now() - at < 2) await clock.sleep(2, NEVER);
  yield { seq: seq + 1, lateMs: 0 };
}

const NEVER = new AbortController().signal;
