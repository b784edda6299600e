import type { MachineSample } from './input.ts';

/** Samples in the order of their time, and when they begin. */
export interface TimedStream {
  readonly first: number;
  readonly open: () => AsyncGenerator<MachineSample>;
}

interface Head {
  readonly stream: AsyncGenerator<MachineSample>;
  next: MachineSample;
}

/**
 * Merges streams into one in the order of time. A stream is opened when its time has come, so that a month of daily
 * files needs one open file at a time. Samples that are out of order within a stream stay so.
 */
export async function* mergeByTime(streams: readonly TimedStream[]): AsyncGenerator<MachineSample> {
  const waiting = streams.toSorted((a, b) => a.first - b.first);
  const heads: Head[] = [];
  while (waiting.length > 0 || heads.length > 0) {
    for (let next = waiting[0]; next && next.first <= earliest(heads); next = waiting[0]) {
      waiting.shift();
      await openHead(next, heads);
    }
    const head = heads.reduce<Head | undefined>(
      (best, other) => (best && time(best) <= time(other) ? best : other),
      undefined,
    );
    if (!head) continue;
    yield head.next;
    const { done, value } = await head.stream.next();
    if (done) heads.splice(heads.indexOf(head), 1);
    else head.next = value;
  }
}

async function openHead({ open }: TimedStream, heads: Head[]): Promise<void> {
  const stream = open();
  const { done, value } = await stream.next();
  if (!done) heads.push({ stream, next: value });
}

function time({ next }: Head): number {
  return next.sample.timestamp;
}

function earliest(heads: readonly Head[]): number {
  return Math.min(...heads.map(time));
}
