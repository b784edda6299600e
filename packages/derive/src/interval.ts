import type { Sample } from '@perfcollector/collection';
import { allGroups, bootClockField, bootTimeField, fieldName, type GroupSpec } from '@perfcollector/procfs';
import { counterDelta } from './counter.ts';
import { type Na, na } from './na.ts';

/** The time between two samples, as rates need it. */
export interface Interval {
  readonly seconds: number;
  /** Ticks in between were missed: the rate is right and is a mean over a longer time. */
  readonly isGap: boolean;
}

/** What is known of a run, from its header. */
export interface RunFacts {
  /** Seconds between ticks. */
  readonly interval?: number | undefined;
  /** Clock ticks a second of CPU time. */
  readonly clockTicks?: number | undefined;
  /** Processors. */
  readonly cpus?: number | undefined;
}

/** Wall clock and boot clock are read a moment apart, more so on a busy host: a difference below this is no step. */
const STEP_SECONDS = 0.25;
const STEP_SHARE = 0.05;
/** A sleep shorter than this does not bend a rate enough to be told from the kernel's imprecise accounting. */
const SLEEP_SECONDS = 2;
const SLEEP_SHARE = 0.5;

/**
 * The time between two samples of one machine, from their timestamps, checked against the boot clock (which keeps
 * running while the wall clock is set) and against the CPU time accounted for (which stands still while the host sleeps).
 */
export function intervalBetween(before: Sample | undefined, now: Sample, run: RunFacts = {}): Interval | Na {
  if (!before) return na('first');
  const seconds = Math.round((now.timestamp - before.timestamp) * 1000) / 1000; // timestamps have milliseconds
  const boot = secondsSinceBoot(before, now);
  if (boot === undefined ? hasBooted(before, now) : boot < 0) return na('reset');
  if (seconds <= 0) return na('clock_step');
  if (boot !== undefined && Math.abs(seconds - boot) > Math.max(STEP_SECONDS, STEP_SHARE * boot))
    return na('clock_step');
  if (hasSlept(before, now, { ...run, seconds })) return na('suspend');
  return { seconds, isGap: isGap(before, now, { seconds, interval: run.interval }) };
}

function secondsSinceBoot(before: Sample, now: Sample): number | undefined {
  const delta = counterDelta(before.fields[bootClockField], now.fields[bootClockField]);
  return typeof delta === 'number' ? delta : undefined;
}

/** perfcollector2 records no boot clock, but when the host booted; the kernel rounds that to a second, up or down. */
function hasBooted(before: Sample, now: Sample): boolean {
  return Number(now.fields[bootTimeField]) > before.timestamp + 1;
}

function isGap(before: Sample, now: Sample, time: { seconds: number; interval: number | undefined }): boolean {
  if (before.run !== undefined && before.run === now.run && before.seq !== undefined && now.seq !== undefined) {
    return now.seq - before.seq > 1;
  }
  return time.interval !== undefined && time.seconds > 1.5 * time.interval;
}

/** The groups whose parts add up to the time of one device: each CPU's. */
const timeGroups = allGroups().filter((group) => group.device === 'glued' && group.shares);

/** CPU time stands still while the host sleeps, so the time that no CPU accounts for was slept through. */
function hasSlept(before: Sample, now: Sample, run: RunFacts & { seconds: number }): boolean {
  const { seconds, clockTicks, cpus } = run;
  if (clockTicks === undefined || cpus === undefined || seconds < SLEEP_SECONDS) return false;
  let awake = 0;
  for (const group of timeGroups) {
    for (let device = 0; device < cpus; device++)
      awake = Math.max(awake, ticksOf(group, device, { before, now }) / clockTicks);
  }
  // Without per-CPU fields nothing can be said; a CPU that was off line for a while proves nothing either: the busiest counts.
  return awake > 0 && seconds - awake > Math.max(SLEEP_SECONDS, SLEEP_SHARE * seconds);
}

function ticksOf(group: GroupSpec, device: number, samples: { before: Sample; now: Sample }): number {
  const deltas = (group.shares ?? []).map((stat) => {
    const name = fieldName(group, String(device), stat);
    return counterDelta(samples.before.fields[name], samples.now.fields[name]);
  });
  return deltas.reduce<number>((sum, delta) => sum + (typeof delta === 'number' ? Math.max(delta, 0) : 0), 0);
}
