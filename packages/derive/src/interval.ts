import type { Sample } from '@perfcollector/collection';
import { allGroups, bootClockField, bootTimeField, type FieldValue, fieldName, splitName } from '@perfcollector/procfs';
import { counterDelta } from './counter.ts';
import { type Na, na } from './na.ts';

/** The time between two samples, as rates need it. */
export interface Interval {
  readonly seconds: number;
  /** Ticks in between were missed: the rate is right and is a mean over a longer time. */
  readonly isGap: boolean;
}

/** What an interval is told from: a sample's head, and some of its fields by name. */
export interface Moment {
  /** Unix seconds. */
  readonly timestamp: number;
  readonly run?: string | undefined;
  readonly seq?: number | undefined;
  valueOf(field: string): FieldValue | undefined;
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
  return intervalOf(before && momentOf(before), momentOf(now), run);
}

function momentOf({ timestamp, run, seq, fields }: Sample): Moment {
  return { timestamp, run, seq, valueOf: (field) => (Object.hasOwn(fields, field) ? fields[field] : undefined) };
}

/** The same of samples that are no objects. */
export function intervalOf(before: Moment | undefined, now: Moment, run: RunFacts): Interval | Na {
  if (!before) return na('first');
  const seconds = Math.round((now.timestamp - before.timestamp) * 1000) / 1000; // timestamps have milliseconds
  const boot = secondsSinceBoot(before, now);
  if (boot === undefined ? hasBooted(before, now) : boot < 0) return na('reset');
  if (seconds <= 0 || wasSetBack(before, now, { seconds, interval: run.interval })) return na('clock_step');
  if (boot !== undefined && Math.abs(seconds - boot) > Math.max(STEP_SECONDS, STEP_SHARE * boot))
    return na('clock_step');
  if (hasSlept(before, now, { ...run, seconds })) return na('suspend');
  return { seconds, isGap: isGap(before, now, { seconds, interval: run.interval }) };
}

function secondsSinceBoot(before: Moment, now: Moment): number | undefined {
  const delta = counterDelta(before.valueOf(bootClockField), now.valueOf(bootClockField));
  return typeof delta === 'number' ? delta : undefined;
}

/** perfcollector2 records no boot clock, but when the host booted; the kernel rounds that to a second, up or down. */
function hasBooted(before: Moment, now: Moment): boolean {
  return Number(now.valueOf(bootTimeField)) > before.timestamp + 1;
}

/** Ticks are numbered by a clock that nobody sets, and none is late by a whole interval: fewer seconds than ticks tell of a step. */
function wasSetBack(before: Moment, now: Moment, time: { seconds: number; interval: number | undefined }): boolean {
  if (before.run === undefined || before.run !== now.run) return false;
  const ticks = (now.seq ?? Number.NaN) - (before.seq ?? Number.NaN);
  return ticks < 0 || (time.interval !== undefined && time.seconds < (ticks - 1) * time.interval);
}

function isGap(before: Moment, now: Moment, time: { seconds: number; interval: number | undefined }): boolean {
  if (before.run !== undefined && before.run === now.run && before.seq !== undefined && now.seq !== undefined) {
    return now.seq - before.seq > 1;
  }
  return time.interval !== undefined && time.seconds > 1.5 * time.interval;
}

/** Whether what is in this field has a say in how long an interval was. */
export function tellsInterval(field: string): boolean {
  return (
    field === bootClockField ||
    field === bootTimeField ||
    timeGroups.some((group) => splitName(group, field) !== undefined)
  );
}

/** The groups whose parts add up to the time of one device: each CPU's. */
const timeGroups = allGroups().filter((group) => group.device === 'glued' && group.shares);

/** CPU time stands still while the host sleeps, so the time that no CPU accounts for was slept through. */
function hasSlept(before: Moment, now: Moment, run: RunFacts & { seconds: number }): boolean {
  const { seconds, clockTicks, cpus } = run;
  if (clockTicks === undefined || cpus === undefined || seconds < SLEEP_SECONDS) return false;
  const ticks = timeFields(cpus).map((names) => ticksOf(names, before, now));
  const awake = Math.max(0, ...ticks) / clockTicks;
  // Without per-CPU fields nothing can be said; a CPU that was off line for a while proves nothing either: the busiest counts.
  return awake > 0 && seconds - awake > Math.max(SLEEP_SECONDS, SLEEP_SHARE * seconds);
}

/** More CPUs than any machine has, should a header say so. */
const MOST_CPUS = 8192;

/** Of each CPU the fields that its time is divided into. */
function timeFields(cpus: number): string[][] {
  const known = Math.min(Math.floor(cpus), MOST_CPUS);
  return timeGroups.flatMap((group) =>
    Array.from({ length: known }, (_, cpu) => (group.shares ?? []).map((stat) => fieldName(group, String(cpu), stat))),
  );
}

function ticksOf(fields: readonly string[], before: Moment, now: Moment): number {
  let ticks = 0;
  for (const field of fields) {
    const delta = counterDelta(before.valueOf(field), now.valueOf(field));
    if (typeof delta === 'number' && delta > 0) ticks += delta;
  }
  return ticks;
}
