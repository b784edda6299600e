import type { Header, Sample } from '@perfcollector/collection';
import { type Gap, gaps, type SeqRange } from './seq-range.ts';
import type { TimeRange } from './store.ts';

/** What of a machine's samples arrived and is stored. Times are Unix seconds. */
export interface Completeness {
  readonly id: string;
  /** Oldest first. */
  readonly runs: readonly RunCompleteness[];
  /** Sums over the runs. */
  readonly total: Counts;
  /** Samples that have no `run` and `seq`: what of them is missing cannot be told. */
  readonly unnumbered: { readonly samples: number; readonly duplicates: number | null };
}

interface Counts {
  /** The `seq`s from the run's first (1) to the last one that arrived: what was lost after that cannot be known here. */
  readonly expected: number;
  readonly received: number;
  readonly missing_samples: number;
  /** Samples that came and were not stored, as one of the same timestamp was; null where they were not always counted. */
  readonly duplicates: number | null;
}

export interface RunCompleteness extends Counts {
  readonly run: string;
  /** What its header says; null where that did not arrive. */
  readonly started: number | null;
  readonly interval: number | null;
  readonly agent: string | null;
  /** Null where no sample is stored. */
  readonly first: SeqTime | null;
  readonly last: SeqTime | null;
  readonly missing_ranges: number;
  /** The first thousand of them. */
  readonly missing: readonly MissingRange[];
  /** What the agent's own counters say in the last sample; null where it has none. */
  readonly missed_by_agent: number | null;
  readonly dropped_by_agent: number | null;
}

interface SeqTime {
  readonly seq: number;
  readonly timestamp: number;
}

/** `seq`s that are not stored, ends included; their times are those of their ticks, null where they cannot be derived. */
interface MissingRange {
  readonly from: number;
  readonly to: number;
  readonly from_time: number | null;
  readonly to_time: number | null;
}

/** What a store keeps of a run for this. */
export interface RunRecord {
  readonly run: string;
  readonly header: Header | null;
  /** In order. */
  readonly ranges: readonly SeqRange[];
  readonly duplicates: number | null;
  /** The stored sample with the highest `seq`. */
  readonly lastSample: Sample | null;
}

const MOST_MISSING_RANGES = 1000;

export function runCompleteness({ run, header, ranges, duplicates, lastSample }: RunRecord): RunCompleteness {
  const [first, last] = [ranges[0], ranges.at(-1)];
  const missing = [...gaps(ranges)];
  const received = sum(ranges.map((range) => range.last - range.first + 1));
  const missingSamples = sum(missing.map(({ from, to }) => to - from + 1));
  return {
    run,
    started: header?.started ?? null,
    interval: header?.interval ?? null,
    agent: typeof header?.agent === 'string' ? header.agent : null, // a foreign header may lack it
    first: first ? { seq: first.first, timestamp: first.first_ms / 1000 } : null,
    last: last ? { seq: last.last, timestamp: last.last_ms / 1000 } : null,
    expected: received + missingSamples,
    received,
    missing_samples: missingSamples,
    missing_ranges: missing.length,
    missing: missing
      .slice(0, MOST_MISSING_RANGES)
      .map((gap) => ({ from: gap.from, to: gap.to, ...timesOf(gap, header) })),
    duplicates,
    missed_by_agent: countIn(lastSample, AGENT_COUNTS.missed),
    dropped_by_agent: countIn(lastSample, AGENT_COUNTS.dropped),
  };
}

export function totalOf(runs: readonly RunCompleteness[]): Counts {
  const duplicates = runs.map((run) => run.duplicates);
  return {
    expected: sum(runs.map(({ expected }) => expected)),
    received: sum(runs.map(({ received }) => received)),
    missing_samples: sum(runs.map(({ missing_samples }) => missing_samples)),
    duplicates: duplicates.every((count) => count !== null) ? sum(duplicates) : null,
  };
}

/**
 * When the ticks of a gap were due: an interval apart, on from the sample before it, or back from the one after it. The
 * two must agree within half an interval; they do not where the clock was set in between, and then nobody knows.
 */
function timesOf({ from, to, before, after }: Gap, header: Header | null): Pick<MissingRange, 'from_time' | 'to_time'> {
  const unknown = { from_time: null, to_time: null };
  if (!header) return unknown;
  const intervalMs = header.interval * 1000;
  const toMs = after.first_ms - intervalMs;
  const fromMs = toMs - (to - from) * intervalMs;
  // A run's first tick comes within an interval after its start.
  const wantMs = before ? before.last_ms + intervalMs : header.started * 1000 + intervalMs / 2;
  const slackMs = before ? intervalMs / 2 : intervalMs;
  if (Math.abs(fromMs - wantMs) > slackMs) return unknown;
  return { from_time: Math.round(fromMs) / 1000, to_time: Math.round(toMs) / 1000 };
}

/** A run whose time is not known at all is of any time. */
export function isWithin(run: RunCompleteness, { from, to }: TimeRange): boolean {
  const times = [run.first?.timestamp, run.last?.timestamp].filter((time) => time !== undefined);
  if (times.length === 0 && run.started !== null) times.push(run.started);
  if (times.length === 0) return true;
  return Math.max(...times) >= (from ?? -Infinity) && Math.min(...times) <= (to ?? Infinity);
}

/** When a run began, for putting runs in order. */
export function beginOf({ started, first }: RunCompleteness): number {
  return started ?? first?.timestamp ?? Number.MAX_VALUE;
}

/** What an agent counts itself, in each of its samples. */
export const AGENT_COUNTS = { missed: 'pcc_missed_ticks', dropped: 'pcc_dropped_samples' } as const;

function countIn(sample: Sample | null, field: string): number | null {
  const value = sample && Object.hasOwn(sample.fields, field) ? sample.fields[field] : undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
