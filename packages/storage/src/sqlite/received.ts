/**
 * Which `seq`s of each run are stored, as ranges that neither overlap nor meet: an agent that sends without a loss has one,
 * however long it runs. One that empties yesterday's spool beside live samples has two until they meet.
 */
import type { Header, Sample } from '@perfcollector/collection';
import { type RunCompleteness, type RunRecord, runCompleteness } from '../completeness.ts';
import { type NumberedSample, type SeqRange, toRanges, union } from '../seq-range.ts';
import type { TimeRange } from '../store.ts';
import type { Sql } from './sql.ts';

interface MaybeNumbered {
  readonly ms: number;
  readonly run: string | null;
  readonly seq: number | null;
}

interface RunKey {
  readonly machine: number;
  readonly run: string;
}

/** Takes note of samples that were stored just now; gives how many of them have no number. */
export function noteReceived(sql: Sql, machine: number, samples: readonly MaybeNumbered[]): number {
  const { byRun, unnumbered } = groupByRun(samples);
  for (const [run, numbered] of byRun) {
    for (const range of toRanges(numbered)) putRange(sql, { machine, run }, range);
  }
  return unnumbered;
}

/** Counts samples that came and were not stored. */
export function noteDuplicates(sql: Sql, machine: number, samples: readonly MaybeNumbered[]): void {
  const { byRun, unnumbered } = groupByRun(samples);
  for (const [run, { length }] of byRun) {
    sql(
      'INSERT INTO run_duplicates (machine, run, count) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count',
    ).run(machine, run, length);
  }
  if (unnumbered > 0) {
    sql('UPDATE machine SET unnumbered_duplicates = unnumbered_duplicates + ? WHERE id = ?').run(unnumbered, machine);
  }
}

function groupByRun(samples: readonly MaybeNumbered[]): { byRun: Map<string, NumberedSample[]>; unnumbered: number } {
  const byRun = new Map<string, NumberedSample[]>();
  let unnumbered = 0;
  for (const { run, seq, ms } of samples) {
    if (run === null || seq === null) {
      unnumbered += 1;
      continue;
    }
    const numbered = byRun.get(run);
    if (numbered) numbered.push({ seq, ms });
    else byRun.set(run, [{ seq, ms }]);
  }
  return { byRun, unnumbered };
}

/** Adds a range; those that it overlaps or meets become one with it. */
function putRange(sql: Sql, { machine, run }: RunKey, added: SeqRange): void {
  const touched = rangesThatTouch(sql, { machine, run }, added);
  const { first, last, first_ms, last_ms } = touched.reduce(union, added);
  const [only] = touched;
  if (touched.length === 1 && only?.first === first) {
    sql('UPDATE run_seq SET last = ?, first_ms = ?, last_ms = ? WHERE machine = ? AND run = ? AND first = ?').run(
      last,
      first_ms,
      last_ms,
      machine,
      run,
      first,
    );
    return;
  }
  for (const range of touched) {
    sql('DELETE FROM run_seq WHERE machine = ? AND run = ? AND first = ?').run(machine, run, range.first);
  }
  sql('INSERT INTO run_seq (machine, run, first, last, first_ms, last_ms) VALUES (?, ?, ?, ?, ?, ?)').run(
    machine,
    run,
    first,
    last,
    first_ms,
    last_ms,
  );
}

/** They do not overlap, so from the highest down the first that lies apart ends the search. */
function rangesThatTouch(sql: Sql, { machine, run }: RunKey, added: SeqRange): SeqRange[] {
  const downwards = sql(
    'SELECT first, last, first_ms, last_ms FROM run_seq WHERE machine = ? AND run = ? AND first <= ? ORDER BY first DESC',
  ).iterate(machine, run, added.last + 1) as Iterable<unknown> as Iterable<SeqRange>;
  const touched: SeqRange[] = [];
  for (const range of downwards) {
    if (range.last < added.first - 1) break;
    touched.push(range);
  }
  return touched;
}

/** How complete each run is that lies in a time, if only in part; oldest first. */
export function runsReceived(sql: Sql, stored: StoredSamples, time: TimeRange): RunCompleteness[] {
  const { machine } = stored;
  const known = sql(`
    WITH known AS (
      SELECT run FROM run WHERE machine = :machine
      UNION SELECT run FROM run_seq WHERE machine = :machine
      UNION SELECT run FROM run_duplicates WHERE machine = :machine
    )
    SELECT known.run, header, iif(counted.run IS NULL, 0, counted.count) AS duplicates FROM known
    LEFT JOIN run ON run.machine = :machine AND run.run = known.run
    LEFT JOIN run_duplicates AS counted ON counted.machine = :machine AND counted.run = known.run`);
  const rows = known.all({ machine }) as unknown as KnownRun[];
  return rows
    .map((row) => runCompleteness(recordOf(sql, stored, row)))
    .filter((run) => isWithin(run, time))
    .sort((a, b) => Number(beginOf(a) > beginOf(b)) - Number(beginOf(a) < beginOf(b)));
}

/** A machine's samples, wherever they are. */
export interface StoredSamples {
  readonly machine: number;
  /** @param ms Unix milliseconds */
  sampleAt(ms: number): Sample | undefined;
}

interface KnownRun {
  readonly run: string;
  readonly header: string | null;
  readonly duplicates: number | null;
}

function recordOf(sql: Sql, { machine, sampleAt }: StoredSamples, { run, header, duplicates }: KnownRun): RunRecord {
  const select = 'SELECT first, last, first_ms, last_ms FROM run_seq WHERE machine = ? AND run = ? ORDER BY first';
  const ranges = sql(select).all(machine, run) as unknown as SeqRange[];
  const last = ranges.at(-1);
  const sample = last && sampleAt(last.last_ms);
  return {
    run,
    header: header === null ? null : (JSON.parse(header) as Header),
    ranges,
    duplicates,
    lastSample: sample?.run === run ? sample : null,
  };
}

/** A run whose time is not known at all is of any time. */
function isWithin(run: RunCompleteness, { from, to }: TimeRange): boolean {
  const times = [run.first?.timestamp, run.last?.timestamp].filter((time) => time !== undefined);
  if (times.length === 0 && run.started !== null) times.push(run.started);
  if (times.length === 0) return true;
  return Math.max(...times) >= (from ?? -Infinity) && Math.min(...times) <= (to ?? Infinity);
}

function beginOf({ started, first }: RunCompleteness): number {
  return started ?? first?.timestamp ?? Infinity;
}
