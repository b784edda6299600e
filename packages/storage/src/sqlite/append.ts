import { mergeSamples } from '@perfcollector/collection';
import type { SampleRow } from '../chunk/chunk.ts';
import { type PackedSample, packer, unpackSample } from '../packed/packed-sample.ts';
import { type AppendResult, type MachineRef, StoreError } from '../store.ts';
import type { Backlog } from './backlog.ts';
import type { Chunks } from './chunks.ts';
import { noteDuplicates, noteReceived } from './received.ts';
import type { Sealing } from './sealing.ts';
import type { Sql } from './sql.ts';
import type { Waiting, WaitingSample } from './waiting.ts';

/** An event as it is kept. */
interface EventRow {
  readonly ms: number;
  readonly run: string | null;
  readonly line: string;
}

/** A batch as it goes to the database's thread. */
export interface AppendRequest extends MachineRef {
  readonly headers: readonly { readonly run: string; readonly started: number; readonly line: string }[];
  readonly events: readonly EventRow[];
  /** Names of fields; each sample says which of these are its own. */
  readonly shapes: readonly string[];
  readonly samples: readonly (Omit<PackedSample, 'names' | 'count'> & { readonly shape: number })[];
  /** When it came; Unix seconds. */
  readonly now: number;
}

export interface Tables {
  readonly sql: Sql;
  readonly waiting: Waiting;
  readonly chunks: Chunks;
  readonly sealing: Sealing;
  readonly backlog: Backlog;
}

/** Stores a batch; called inside a transaction. */
export function append(tables: Tables, request: AppendRequest): AppendResult {
  const { sql } = tables;
  const machine = machineFor(sql, request);
  for (const { run, started, line } of request.headers)
    sql('INSERT OR IGNORE INTO run (machine, run, started, header) VALUES (?, ?, ?, ?)').run(
      machine,
      run,
      started,
      line,
    );
  for (const { ms, run, line } of request.events)
    sql('INSERT OR IGNORE INTO event (machine, ms, run, line) VALUES (?, ?, ?, ?)').run(machine, ms, run, line);
  const outcomes = request.samples.map(({ shape, ...sample }) => {
    const packed = { ...sample, names: request.shapes[shape] ?? '[]' };
    return putSample(tables, packed, { id: machine, name: request.machine });
  });
  const inserted = request.samples.filter((_, at) => outcomes[at] === 'inserted');
  const duplicates = request.samples.filter((_, at) => outcomes[at] === 'duplicate');
  const unnumbered = noteReceived(sql, machine, inserted);
  noteDuplicates(sql, machine, duplicates);
  sql('UPDATE machine SET samples = samples + ?, unnumbered = unnumbered + ?, seen = ? WHERE id = ?').run(
    inserted.length,
    unnumbered,
    request.now,
    machine,
  );
  return { stored: outcomes.length - duplicates.length, duplicates: duplicates.length };
}

function machineFor(sql: Sql, { tenant, machine }: MachineRef): number {
  const find = sql('SELECT id FROM machine WHERE tenant = ? AND name = ?');
  const make = sql('INSERT INTO machine (tenant, name) VALUES (?, ?)');
  return Number(find.get(tenant, machine)?.id ?? make.run(tenant, machine).lastInsertRowid);
}

/** How often a clock may come back to the same millisecond of a run: each time is a step on the way of all that follow. */
const MOST_MOVED = 16;

interface Machine {
  readonly id: number;
  readonly name: string;
}

/**
 * Stores a sample once. Where one of the same timestamp is there, fields that it lacks are added to it: perfcollector2
 * sends the kernel files of one tick in requests of their own. Another tick of the same run is another sample, though: its
 * clock was set back and this time came twice. That one is kept at the next millisecond that is free. Rows go with their
 * machine alone, so a sample that comes again finds itself on the same way.
 */
function putSample(tables: Tables, sample: WaitingSample, machine: Machine): 'inserted' | 'merged' | 'duplicate' {
  const { waiting, backlog } = tables;
  for (let { ms } = sample; ms <= sample.ms + MOST_MOVED; ms += 1) {
    const own = waiting.at(sample, ms, machine.name);
    const stored = sealedAt(tables, own, machine);
    if (!stored) {
      if (waiting.insert(machine.id, own)) {
        backlog.note(machine.id, ms, own.values.length);
        return 'inserted';
      }
    }
    const there = stored ?? waiting.find(machine.id, ms);
    if (!there) throw new Error(`BUG: a sample at ${ms} can neither be stored nor found`);
    const outcome = combine({ there, own, ms: sample.ms, machine: machine.name });
    if (outcome === 'another') continue;
    if (outcome === 'duplicate') return 'duplicate';
    if (stored) unseal(tables, machine.id, ms);
    waiting.replace(machine.id, waiting.at(outcome, ms, machine.name));
    return 'merged';
  }
  throw new StoreError('CROWDED', `${MOST_MOVED + 1} other samples of ${machine.name} are of the time ${sample.ms}`);
}

/**
 * The sealed sample at a moment. A new one that falls between sealed ones has their chunk undone: it is sealed again with
 * it.
 */
function sealedAt(tables: Tables, { ms }: WaitingSample, machine: Machine): SampleRow | undefined {
  const ref = tables.chunks.covering(machine.id, ms);
  if (!ref) return undefined;
  const chunk = tables.chunks.open(ref);
  const row = chunk.rowAt(ms);
  if (chunk.ms[row] === ms) return chunk.samples(row, row + 1).next().value as SampleRow;
  unseal(tables, machine.id, ms);
  return undefined;
}

/** Lets the samples of a chunk wait again; their hour is to be sealed again. */
function unseal({ sealing, backlog }: Tables, machine: number, ms: number): void {
  sealing.unseal(machine, ms);
  backlog.note(machine, ms, 0);
}

interface Meeting {
  readonly there: SampleRow;
  readonly own: WaitingSample;
  /** The time that the new one says. */
  readonly ms: number;
  readonly machine: string;
}

/** What becomes of a sample where one stands already; both as one where it adds fields. */
function combine({ there, own, ms, machine }: Meeting): 'another' | 'duplicate' | WaitingSample {
  if (isSameRun(there, own)) {
    if (there.seq !== own.seq) return 'another';
  } else if (timeOf(there) !== ms) return 'another'; // it stands there because its own place was taken
  const stored = unpackSample(there, there.names, machine);
  const merged = mergeSamples(stored, unpackSample(own, JSON.parse(own.names) as string[], machine));
  return merged ? packer(machine)(merged) : 'duplicate';
}

function isSameRun(there: SampleRow, own: WaitingSample): boolean {
  return own.run !== null && there.run === own.run && own.seq !== null && there.seq !== null;
}

/** What a stored sample says that its time is; Unix milliseconds. */
function timeOf({ ms, rest }: SampleRow): number {
  const said = rest === null ? undefined : (JSON.parse(rest) as { timestamp?: number }).timestamp;
  return said === undefined ? ms : Math.round(said * 1000);
}
