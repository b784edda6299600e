import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Clock, ticks } from './schedule.ts';

/** A clock that moves only when somebody sleeps; `disturb` may set it or delay the sleeper. */
function fakeClock(start: number, disturb: (clock: { wall: number; monotonic: number }) => void = () => {}): Clock {
  const state = { wall: start, monotonic: 0 };
  return {
    now: () => state.wall,
    monotonic: () => state.monotonic,
    async sleep(ms) {
      state.wall += ms;
      state.monotonic += ms;
      disturb(state);
    },
  };
}

interface Taken {
  readonly seq: number;
  readonly at: number;
}

async function take(
  clock: Clock,
  schedule: { interval: number; duration: number; signal?: AbortSignal },
): Promise<Taken[]> {
  const taken: Taken[] = [];
  const signal = schedule.signal ?? new AbortController().signal;
  for await (const { seq } of ticks({ ...schedule, signal, clock })) taken.push({ seq, at: clock.now() });
  return taken;
}

describe('ticks', () => {
  test('fall on whole multiples of the interval, whenever the start is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 1e12 }),
        fc.integer({ min: 10, max: 60_000 }),
        async (start, interval) => {
          const taken = await take(fakeClock(start), { interval, duration: 5 * interval });
          expect(taken.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
          for (const { at } of taken) expect(at % interval).toBe(0);
        },
      ),
    );
  });

  test('do not drift when each wake-up is late', async () => {
    const late = fakeClock(500, (state) => {
      state.wall += 30;
      state.monotonic += 30;
    });
    const taken = await take(late, { interval: 1000, duration: 60_000 });
    expect(taken).toHaveLength(60);
    expect(taken.at(-1)).toEqual({ seq: 60, at: 60_030 });
  });

  test('that were missed leave a hole in the numbers and the next falls on its multiple', async () => {
    let sleeps = 0;
    const stalled = fakeClock(0, (state) => {
      sleeps += 1;
      if (sleeps !== 3) return;
      state.wall += 2500;
      state.monotonic += 2500;
    });
    const taken = await take(stalled, { interval: 1000, duration: 8000 });
    expect(taken.map(({ seq }) => seq)).toEqual([1, 2, 5, 6, 7, 8]);
    expect(taken.slice(3).every(({ at }) => at % 1000 === 0)).toBe(true);
  });

  test('number on by one when the wall clock is set forward or back, and return to their alignment', async () => {
    for (const step of [3_600_500, -3_600_300, 700, -700]) {
      let sleeps = 0;
      const set = fakeClock(7_200_000, (state) => {
        sleeps += 1;
        if (sleeps === 4) state.wall += step;
      });
      const taken = await take(set, { interval: 1000, duration: 8000 });
      const numbers = taken.map(({ seq }) => seq);
      expect(numbers.at(-1)).toBe(8);
      expect(numbers.length).toBeGreaterThanOrEqual(6);
      expect(taken.slice(-2).every(({ at }) => at % 1000 === 0)).toBe(true);
    }
  });

  test('end when the signal comes', async () => {
    const stop = new AbortController();
    let sleeps = 0;
    const clock = fakeClock(0, () => {
      sleeps += 1;
      if (sleeps === 3) stop.abort();
    });
    expect(await take(clock, { interval: 1000, duration: Number.POSITIVE_INFINITY, signal: stop.signal })).toHaveLength(
      2,
    );
  });

  test('are one where the duration is shorter than the interval', async () => {
    expect(await take(fakeClock(0), { interval: 1000, duration: 10 })).toEqual([{ seq: 1, at: 1000 }]);
  });
});
