import type { Sample } from '@perfcollector/collection';
import type { Fields } from '@perfcollector/procfs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { intervalBetween } from './interval.ts';
import { na } from './na.ts';

const START = 1704067200;

/** A sample so many seconds after the start, as the wall clock has it. */
function at(seconds: number, fields: Fields = {}, more: Partial<Sample> = {}): Sample {
  return { timestamp: START + seconds, fields, ...more };
}

/** A sample of a host that has been up for so long. */
const up = (seconds: number, uptime: number): Sample => at(seconds, { uptime });
const good = (seconds: number, isGap = false) => ({ seconds: expect.closeTo(seconds, 6), isGap });

describe('the interval', () => {
  test('before the first sample is none', () => {
    expect(intervalBetween(undefined, at(0))).toEqual(na('first'));
  });

  test('within a run is told by the numbers of its ticks, too: a clock that was set back in between leaves fewer seconds', () => {
    const tick = (seconds: number, seq: number) => at(seconds, {}, { run: 'r', seq });
    expect(intervalBetween(tick(0, 1), tick(10, 5), { interval: 10 })).toEqual(na('clock_step'));
    expect(intervalBetween(tick(0, 1), tick(19, 4), { interval: 10 })).toEqual(na('clock_step'));
    expect(intervalBetween(tick(0, 1), tick(21, 4), { interval: 10 })).toEqual(good(21, true));
    expect(intervalBetween(tick(9, 1), tick(10, 2), { interval: 10 })).toEqual(good(1));
    expect(intervalBetween(tick(0, 7), tick(10, 2), {})).toEqual(na('clock_step'));
    expect(intervalBetween(tick(0, 1), tick(10, 5), {})).toEqual(good(10, true));
    const later = at(10, {}, { run: 's', seq: 9 });
    expect(intervalBetween(tick(0, 1), later, { interval: 10 })).toEqual(good(10));
  });

  test('is the time between the timestamps, to the millisecond', () => {
    expect(intervalBetween(at(0), at(10.25))).toEqual(good(10.25));
    expect(intervalBetween(up(0, 5000), up(10, 5010))).toEqual(good(10));
  });

  test('of two samples with one timestamp has no length', () => {
    expect(intervalBetween(at(10), at(10))).toEqual(na('clock_step'));
    expect(intervalBetween(up(10, 5000), up(10, 5000))).toEqual(na('clock_step'));
    expect(intervalBetween(up(10, 5000), up(10, 5000.1))).toEqual(na('clock_step'));
  });

  test('is never 0 or less, whatever the two clocks say', () => {
    const time = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(time, time, time, time, (wall1, wall2, boot1, boot2) => {
        const interval = intervalBetween(up(wall1, boot1), up(wall2, boot2));
        if ('seconds' in interval) expect(interval.seconds).toBeGreaterThan(0);
        else expect(['reset', 'clock_step']).toContain(interval.na);
      }),
    );
  });
});

describe('a reboot', () => {
  test('is told by an uptime that fell', () => {
    expect(intervalBetween(up(0, 5000), up(60, 30))).toEqual(na('reset'));
  });

  test('is told before the clock that may have been set at boot', () => {
    expect(intervalBetween(up(0, 5000), up(-3600, 30))).toEqual(na('reset'));
    expect(intervalBetween(up(0, 5000), up(0, 30))).toEqual(na('reset'));
    expect(intervalBetween(up(0, 5000), up(86_400, 30))).toEqual(na('reset'));
  });

  test('is told by the time of boot where there is no uptime', () => {
    const booted = (seconds: number, boot: number) => at(seconds, { stat_btime: START + boot });
    expect(intervalBetween(booted(0, -500), booted(600, 50))).toEqual(na('reset'));
    expect(intervalBetween(booted(0, -500), booted(600, -499))).toEqual(good(600));
    expect(intervalBetween(booted(0, 0), booted(10, 1))).toEqual(good(10));
  });

  test('gives no interval either where the host has been up for longer than before', () => {
    expect(intervalBetween(up(0, 20), up(600, 500))).toHaveProperty('na');
  });
});

describe('a clock that was set', () => {
  test('forward shows in the boot clock', () => {
    expect(intervalBetween(up(0, 5000), up(3610, 5010))).toEqual(na('clock_step'));
    expect(intervalBetween(up(0, 5000), up(11, 5010))).toEqual(na('clock_step'));
  });

  test('backward shows in the boot clock', () => {
    expect(intervalBetween(up(0, 5000), up(5, 5010))).toEqual(na('clock_step'));
  });

  test('to before the last sample shows in the timestamps alone', () => {
    expect(intervalBetween(at(10), at(5))).toEqual(na('clock_step'));
    expect(intervalBetween(up(10, 5000), up(5, 5010))).toEqual(na('clock_step'));
  });

  test('by no more than reading takes is no step', () => {
    expect(intervalBetween(up(0, 5000), up(10.2, 5010))).toEqual(good(10.2));
    expect(intervalBetween(up(0, 5000), up(1, 5000.8))).toEqual(good(1));
    expect(intervalBetween(up(0, 5000), up(97, 5100))).toEqual(good(97));
  });

  test('cannot be seen without the boot clock', () => {
    expect(intervalBetween(at(0), at(3610))).toEqual(good(3610));
    expect(intervalBetween(up(0, 5000), at(3610))).toEqual(good(3610));
    expect(intervalBetween(at(0), up(3610, 5010))).toEqual(good(3610));
  });
});

describe('a gap', () => {
  const tick = (seconds: number, seq: number, run = 'r1') => at(seconds, {}, { run, seq });

  test('is told by the numbers of the ticks', () => {
    expect(intervalBetween(tick(0, 1), tick(10, 2), { interval: 10 })).toEqual(good(10));
    expect(intervalBetween(tick(0, 1), tick(20, 3), { interval: 10 })).toEqual(good(20, true));
    expect(intervalBetween(tick(0, 1), tick(20, 3))).toEqual(good(20, true));
  });

  test('is none where a tick was only late', () => {
    expect(intervalBetween(tick(0, 1), tick(19, 2), { interval: 10 })).toEqual(good(19));
  });

  test('is told by the time where the numbers cannot tell it', () => {
    expect(intervalBetween(at(0), at(15), { interval: 10 })).toEqual(good(15));
    expect(intervalBetween(at(0), at(15.001), { interval: 10 })).toEqual(good(15.001, true));
    expect(intervalBetween(at(0), at(15.001))).toEqual(good(15.001));
  });

  test('between two runs is told by the time: each numbers its own ticks', () => {
    expect(intervalBetween(tick(0, 700), tick(10, 1, 'r2'), { interval: 10 })).toEqual(good(10));
    expect(intervalBetween(tick(0, 1), tick(300, 2, 'r2'), { interval: 10 })).toEqual(good(300, true));
    expect(intervalBetween(tick(0, 1), tick(10, 90, 'r2'), { interval: 10 })).toEqual(good(10));
  });

  test('is told by the time where one of the two has no number', () => {
    expect(intervalBetween(at(0, {}, { run: 'r1' }), tick(300, 2), { interval: 10 })).toEqual(good(300, true));
    expect(intervalBetween(at(0, {}, { seq: 1 }), at(10, {}, { seq: 9 }), { interval: 10 })).toEqual(good(10));
  });
});

describe('a sleep', () => {
  /** Two CPUs that each accounted for so many seconds since boot; the boot clock goes on while the host sleeps. */
  const cpus = (seconds: number, first: number, second: number): Sample =>
    at(seconds, {
      uptime: 5000 + seconds,
      cpu0_user: 25 * first,
      cpu0_idle: 75 * first,
      cpu1_system: 10 * second,
      cpu1_idle: 90 * second,
    });
  const run = { clockTicks: 100, cpus: 2 };

  test('is time that no CPU accounts for', () => {
    expect(intervalBetween(cpus(0, 0, 0), cpus(3600, 10, 10), run)).toEqual(na('suspend'));
  });

  test('is none while the CPUs account for the time', () => {
    expect(intervalBetween(cpus(0, 0, 0), cpus(10, 10, 10), run)).toEqual(good(10));
    expect(intervalBetween(cpus(0, 0, 0), cpus(10, 9.5, 9.7), run)).toEqual(good(10));
  });

  test('is none where one CPU was off line and another accounts for the time', () => {
    expect(intervalBetween(cpus(0, 0, 0), cpus(60, 60, 0), run)).toEqual(good(60));
    expect(intervalBetween(cpus(0, 0, 0), cpus(60, 5, 60), run)).toEqual(good(60));
    expect(intervalBetween(cpus(0, 0, 0), cpus(60, 60, 5), run)).toEqual(good(60));
  });

  test('counts guest time once: it is inside user', () => {
    const guests = (seconds: number, ticks: number): Sample =>
      at(seconds, { uptime: 5000 + seconds, cpu0_user: ticks, cpu0_guest: ticks });
    expect(intervalBetween(guests(0, 0), guests(100, 4000), { clockTicks: 100, cpus: 1 })).toEqual(na('suspend'));
  });

  test('cannot be told without the ticks a second, the number of CPUs, or their fields', () => {
    const slept = [cpus(0, 0, 0), cpus(3600, 10, 10)] as const;
    expect(intervalBetween(...slept, { cpus: 2 })).toEqual(good(3600));
    expect(intervalBetween(...slept, { clockTicks: 100 })).toEqual(good(3600));
    expect(intervalBetween(up(0, 5000), up(3600, 8600), run)).toEqual(good(3600));
  });

  test('is told on machines of other tick rates', () => {
    expect(intervalBetween(cpus(0, 0, 0), cpus(10, 10, 10), { clockTicks: 1000, cpus: 2 })).toEqual(na('suspend'));
  });

  test('too short to bend a rate is none', () => {
    expect(intervalBetween(cpus(0, 0, 0), cpus(10, 5.5, 5.5), run)).toEqual(good(10));
    expect(intervalBetween(cpus(0, 0, 0), cpus(1, 0.1, 0.1), run)).toEqual(good(1));
  });
});
