import type { DatabaseSync } from 'node:sqlite';
import { mergeSamples, type Sample } from '@perfcollector/collection';
import { type Completeness, totalOf } from '../completeness.ts';
import type { AppendResult, MachineRef, MachineSummary, StoreStats, TenantTotals, TimeRange } from '../store.ts';
import { keyOperations } from './keys.ts';
import { noteDuplicates, noteReceived, runsReceived } from './received.ts';
import { preparer, type Sql } from './sql.ts';

/** A sample or an event as it is kept. */
export interface Row {
  readonly ms: number;
  readonly run: string | null;
  readonly line: string;
}

interface SampleRow extends Row {
  readonly seq: number | null;
}

export interface AppendRows extends MachineRef {
  readonly headers: readonly { readonly run: string; readonly started: number; readonly line: string }[];
  readonly samples: readonly SampleRow[];
  readonly events: readonly Row[];
}

/** Where in a machine's rows a page begins: behind this moment and, of the events of the moment, behind this line. */
export interface Position {
  readonly ms: number;
  readonly event: string;
}

export interface PageRequest extends MachineRef {
  readonly after: Position;
  /** Milliseconds, included. */
  readonly to: number;
}

export interface Page {
  /** In time order, a moment's sample before its events. */
  readonly rows: readonly Row[];
  /** Where the next page begins; undefined after the last one. */
  readonly next: Position | undefined;
}

/** What one page holds at most: bounds the memory of an export, and how long other requests wait behind it. */
const PAGE_ROWS = 200;
const PAGE_CHARACTERS = 4 * 1024 * 1024;

export type Operations = ReturnType<typeof createOperations>;

/** Everything that is done to the database, one function each, called inside a transaction. */
export function createOperations(db: DatabaseSync) {
  const sql = preparer(db);
  const machineId = ({ tenant, machine }: MachineRef) =>
    sql('SELECT id FROM machine WHERE tenant = ? AND name = ?').get(tenant, machine)?.id as number | undefined;

  return {
    append(rows: AppendRows): AppendResult {
      sql('INSERT OR IGNORE INTO machine (tenant, name) VALUES (?, ?)').run(rows.tenant, rows.machine);
      const machine = machineId(rows) ?? 0;
      for (const { run, started, line } of rows.headers) {
        sql('INSERT OR IGNORE INTO run (machine, run, started, header) VALUES (?, ?, ?, ?)').run(
          machine,
          run,
          started,
          line,
        );
      }
      for (const { ms, run, line } of rows.events) {
        sql('INSERT OR IGNORE INTO event (machine, ms, run, line) VALUES (?, ?, ?, ?)').run(machine, ms, run, line);
      }
      const outcomes = rows.samples.map((sample) => putSample(sql, machine, sample));
      const inserted = rows.samples.filter((_, at) => outcomes[at] === 'inserted');
      const duplicates = rows.samples.filter((_, at) => outcomes[at] === 'duplicate');
      const unnumbered = noteReceived(sql, machine, inserted);
      noteDuplicates(sql, machine, duplicates);
      sql('UPDATE machine SET samples = samples + ?, unnumbered = unnumbered + ?, seen = ? WHERE id = ?').run(
        inserted.length,
        unnumbered,
        Date.now() / 1000,
        machine,
      );
      return { stored: outcomes.length - duplicates.length, duplicates: duplicates.length };
    },

    machines(tenant: string): MachineSummary[] {
      return sql(`${SUMMARY} WHERE tenant = ? ORDER BY name`).all(tenant) as unknown as MachineSummary[];
    },

    machine({ tenant, machine }: MachineRef): (MachineSummary & { header: string | null }) | undefined {
      const summary = sql(`${SUMMARY} WHERE tenant = ? AND name = ?`).get(tenant, machine) as unknown as
        | MachineSummary
        | undefined;
      if (!summary) return undefined;
      const newest = 'SELECT header FROM run WHERE machine = ? ORDER BY started DESC LIMIT 1';
      const header = sql(newest).get(machineId({ tenant, machine }) ?? 0)?.header as string | undefined;
      return { ...summary, header: header ?? null };
    },

    deleteMachine(ref: MachineRef): number | undefined {
      const row = sql('DELETE FROM machine WHERE tenant = ? AND name = ? RETURNING samples').get(
        ref.tenant,
        ref.machine,
      );
      return row?.samples as number | undefined;
    },

    completeness({ from, to, ...ref }: MachineRef & TimeRange): Completeness | undefined {
      const machine = sql(
        'SELECT id, unnumbered AS samples, unnumbered_duplicates AS duplicates FROM machine WHERE tenant = ? AND name = ?',
      ).get(ref.tenant, ref.machine) as { id: number; samples: number; duplicates: number | null } | undefined;
      if (!machine) return undefined;
      const { id, ...unnumbered } = machine;
      const runs = runsReceived(sql, id, { from, to });
      return { id: ref.machine, runs, total: totalOf(runs), unnumbered };
    },

    header({ run, ...ref }: MachineRef & { run: string }): string | undefined {
      return sql('SELECT header FROM run WHERE machine = ? AND run = ?').get(machineId(ref) ?? 0, run)?.header as
        | string
        | undefined;
    },

    page({ after, to, ...ref }: PageRequest): Page {
      const machine = machineId(ref) ?? 0;
      const samples = sql('SELECT ms, run, line FROM sample WHERE machine = ? AND ms > ? AND ms <= ? ORDER BY ms');
      const events = sql(
        'SELECT ms, run, line FROM event WHERE machine = ? AND (ms, line) > (?, ?) AND ms <= ? ORDER BY ms, line',
      );
      const rows: Row[] = [];
      let characters = 0;
      const merged = mergeRows(
        samples.iterate(machine, after.ms, to) as Iterator<unknown> as Iterator<Row>,
        events.iterate(machine, after.ms, after.event, to) as Iterator<unknown> as Iterator<Row>,
      );
      for (const { row, next } of merged) {
        rows.push(row);
        characters += row.line.length;
        if (rows.length === PAGE_ROWS || characters > PAGE_CHARACTERS) return { rows, next };
      }
      return { rows, next: undefined };
    },

    totals(tenant: string): TenantTotals {
      const counts = sql(
        'SELECT count(*) AS machines, coalesce(sum(samples), 0) AS samples FROM machine WHERE tenant = ?',
      ).get(tenant);
      const times = sql(`SELECT min(first) AS first, max(last) AS last FROM (${SUMMARY} WHERE tenant = ?)`).get(tenant);
      const pages = sql('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size').get();
      return { ...counts, ...times, ...pages } as unknown as TenantTotals;
    },

    stats(): StoreStats {
      const { count, ...rest } = sql(
        'SELECT count(*) AS machines, coalesce(sum(samples), 0) AS samples, count(DISTINCT tenant) AS count FROM machine',
      ).get() as Record<string, number>;
      const times = sql(`SELECT min(first) AS first, max(last) AS last FROM (${SUMMARY})`).get();
      const pages = sql('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size').get();
      return { ...rest, ...times, ...pages, rows: null, chunks: null } as unknown as StoreStats;
    },

    ...keyOperations(sql),
  };
}

/** Both in time order as one, and with each row where a page behind it begins. */
function* mergeRows(samples: Iterator<Row>, events: Iterator<Row>): Generator<{ row: Row; next: Position }> {
  let [sample, event] = [samples.next(), events.next()];
  try {
    while (!sample.done || !event.done) {
      if (event.done || (!sample.done && sample.value.ms <= event.value.ms)) {
        yield { row: sample.value, next: { ms: sample.value.ms, event: '' } };
        sample = samples.next();
      } else {
        yield { row: event.value, next: { ms: event.value.ms, event: event.value.line } };
        event = events.next();
      }
    }
  } finally {
    samples.return?.();
    events.return?.();
  }
}

const SUMMARY = `
  SELECT name AS id, samples,
    (SELECT min(ms) / 1000.0 FROM sample WHERE machine = machine.id) AS first,
    (SELECT max(ms) / 1000.0 FROM sample WHERE machine = machine.id) AS last,
    (SELECT count(*) FROM run WHERE machine = machine.id) AS runs,
    seen,
    (SELECT header ->> 'interval' FROM run WHERE machine = machine.id ORDER BY started DESC LIMIT 1) AS interval
  FROM machine`;

/**
 * Stores a sample once. Where one of the same timestamp is there, fields that it lacks are added to it: perfcollector2
 * sends the kernel files of one tick in requests of their own. Another tick of the same run is another sample, though: its
 * clock was set back and this time came twice. That one is kept at the next millisecond that is free; its line is as it
 * came. Rows go with their machine alone, so a sample that comes again finds itself on the same way.
 */
function putSample(sql: Sql, machine: number, sample: SampleRow): 'inserted' | 'merged' | 'duplicate' {
  const { run, line } = sample;
  const insert = sql('INSERT OR IGNORE INTO sample (machine, ms, run, line) VALUES (?, ?, ?, ?)');
  for (let { ms } = sample; ; ms += 1) {
    if (insert.run(machine, ms, run, line).changes === 1) return 'inserted';
    const stored = sql('SELECT line FROM sample WHERE machine = ? AND ms = ?').get(machine, ms)?.line as string;
    if (stored === line) return 'duplicate';
    if (isAnother(JSON.parse(stored) as Sample, sample)) continue;
    const merged = mergedLine(stored, line);
    if (merged === undefined) return 'duplicate';
    sql('UPDATE sample SET line = ? WHERE machine = ? AND ms = ?').run(merged, machine, ms);
    return 'merged';
  }
}

/** Whether what stands at a millisecond is a sample of its own beside this one. */
function isAnother(stored: Sample, { ms, run, seq }: SampleRow): boolean {
  const isSameRun = run !== null && stored.run === run && seq !== null && stored.seq !== undefined;
  if (isSameRun) return stored.seq !== seq;
  return Math.round(stored.timestamp * 1000) !== ms; // it stands there because its own place was taken
}

function mergedLine(stored: string, added: string): string | undefined {
  const merged = mergeSamples(JSON.parse(stored) as Sample, JSON.parse(added) as Sample);
  return merged && JSON.stringify(merged);
}
