import type { Pruned, Retention } from '../store.ts';
import type { Sql } from './sql.ts';
import { bytesOf } from './summaries.ts';
import { SECOND_MS } from './time.ts';

/** So many chunks or roll-ups are deleted at a time: other requests go between. */
const PIECE = 64;

/**
 * Deletes what is older than it shall be kept, a piece at each step; every step is called inside a transaction of its own.
 * @param nowMs Unix milliseconds
 */
export function* prune(sql: Sql, retention: Retention, nowMs: number): Generator<void, Pruned> {
  const before = bytesOf(sql);
  let [samples, rollups] = [0, 0];
  for (const deleted of rawBefore(sql, cutoff(retention.raw, nowMs))) {
    samples += deleted;
    yield;
  }
  for (const [seconds, age] of ages(retention)) {
    for (const deleted of rollupsBefore(sql, seconds, cutoff(age, nowMs))) {
      rollups += deleted;
      yield;
    }
  }
  while (usedBytes(sql) > (retention.bytes ?? Infinity)) {
    const deleted = deleteChunks(sql, Number.MAX_SAFE_INTEGER);
    if (deleted === 0) break;
    samples += deleted;
    yield;
  }
  sql('PRAGMA incremental_vacuum').all();
  return { samples, rollups, bytes_before: before, bytes_after: bytesOf(sql) };
}

function cutoff(age: number | undefined, nowMs: number): number {
  return age === undefined ? -1 : nowMs - age * SECOND_MS;
}

function ages({ rollups = {} }: Retention): [seconds: number, age: number | undefined][] {
  return [
    [60, rollups['1m']],
    [300, rollups['5m']],
    [3600, rollups['1h']],
  ];
}

function* rawBefore(sql: Sql, ms: number): Generator<number> {
  for (let deleted = 1; deleted > 0; ) {
    deleted = deleteChunks(sql, ms);
    yield deleted;
  }
  yield deleteWaiting(sql, ms);
  sql('DELETE FROM event WHERE ms < ?').run(ms);
}

/** Deletes the oldest chunks whose last sample is older. @returns how many samples */
function deleteChunks(sql: Sql, ms: number): number {
  const oldest = 'SELECT id FROM chunk WHERE last_ms < ? ORDER BY last_ms LIMIT ?';
  const deleted = sql(`DELETE FROM chunk WHERE id IN (${oldest}) RETURNING machine, samples`).all(ms, PIECE);
  return uncount(sql, deleted as unknown as Deleted[]);
}

function deleteWaiting(sql: Sql, ms: number): number {
  const counts = sql('SELECT machine, count(*) AS samples FROM waiting WHERE ms < ? GROUP BY machine').all(ms);
  sql('DELETE FROM waiting WHERE ms < ?').run(ms);
  return uncount(sql, counts as unknown as Deleted[]);
}

interface Deleted {
  readonly machine: number;
  readonly samples: number;
}

function uncount(sql: Sql, deleted: readonly Deleted[]): number {
  for (const { machine, samples } of deleted)
    sql('UPDATE machine SET samples = samples - ? WHERE id = ?').run(samples, machine);
  return deleted.reduce((sum, { samples }) => sum + samples, 0);
}

function* rollupsBefore(sql: Sql, seconds: number, ms: number): Generator<number> {
  const oldest = 'SELECT id FROM rollup WHERE resolution = ? AND last_ms < ? ORDER BY last_ms LIMIT ?';
  for (let deleted = 1; deleted > 0; ) {
    deleted = Number(sql(`DELETE FROM rollup WHERE id IN (${oldest})`).run(seconds, ms, PIECE).changes);
    yield deleted;
  }
}

/**
 * Pages that sealing frees serve the next hour; of a backlog that was sealed they would be too many. A file that an older
 * version made keeps them until it is vacuumed.
 */
export function isMostlyFree(sql: Sql): boolean {
  const select = `
    SELECT page_count AS pages, freelist_count AS free, auto_vacuum AS vacuum
    FROM pragma_page_count, pragma_freelist_count, pragma_auto_vacuum`;
  const { pages, free, vacuum } = sql(select).get() as { pages: number; free: number; vacuum: number };
  return vacuum === INCREMENTAL && free > FEW_PAGES && free > pages / 2;
}

/** https://www.sqlite.org/pragma.html#pragma_auto_vacuum */
const INCREMENTAL = 2;
/** 16 MiB. */
const FEW_PAGES = 4096;

/** Gives free pages back to the file system, a piece at each step, until as many are free as are used. */
export function* giveBack(sql: Sql): Generator<void, void> {
  while (isMostlyFree(sql)) {
    sql(`PRAGMA incremental_vacuum(${FEW_PAGES / 8})`).all();
    yield;
  }
}

/** Without the pages that are free already. */
function usedBytes(sql: Sql): number {
  return sql(
    'SELECT (page_count - freelist_count) * page_size AS bytes FROM pragma_page_count, pragma_freelist_count, pragma_page_size',
  ).get()?.bytes as number;
}
