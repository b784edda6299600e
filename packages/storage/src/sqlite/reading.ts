import type { Sample } from '@perfcollector/collection';
import { SampleTexts } from '../chunk/sample-text.ts';
import { unpackSample } from '../packed/packed-sample.ts';
import type { MachineRef } from '../store.ts';
import type { Chunks } from './chunks.ts';
import type { Sql } from './sql.ts';
import type { Waiting } from './waiting.ts';

/** Where in a machine's lines a page begins: behind this moment and, of the events of the moment, behind this line. */
export interface Position {
  readonly ms: number;
  readonly event: string;
}

export interface PageRequest extends MachineRef {
  readonly after: Position;
  /** Milliseconds, included. */
  readonly to: number;
  /** Runs whose header came on an earlier page. */
  readonly headed: readonly string[];
}

export interface Page {
  /** Lines in time order, a moment's sample before its events, a run's header before its first line. */
  readonly text: string;
  /** Runs whose header came on this page. */
  readonly headed: readonly string[];
  /** Where the next page begins; undefined after the last one. */
  readonly next: Position | undefined;
}

/** What one page holds at most: bounds the memory of an export, and how long other requests wait behind it. */
const PAGE_LINES = 200;
const PAGE_CHARACTERS = 2 * 1024 * 1024;

export interface ReadTables {
  readonly sql: Sql;
  readonly waiting: Waiting;
  readonly chunks: Chunks;
}

interface TimedLine {
  readonly ms: number;
  readonly run: string | null;
  readonly line: string;
}

/** Makes a page of a machine's collection; called inside a transaction. @throws DamagedError */
export function readPage(tables: ReadTables, machine: number, { after, to, headed, ...ref }: PageRequest): Page {
  const known = new Set(headed);
  const fresh: string[] = [];
  let [text, lines] = ['', 0];
  const samples = samplesOf(tables, { machine, name: ref.machine, from: after.ms + 1, to });
  for (const { line, next } of merged(samples, eventsOf(tables.sql, { machine, after, to }))) {
    if (line.run !== null && !known.has(line.run)) {
      known.add(line.run);
      fresh.push(line.run);
      text += headerOf(tables.sql, machine, line.run);
    }
    text += `${line.line}\n`;
    lines += 1;
    if (lines === PAGE_LINES || text.length > PAGE_CHARACTERS) return { text, headed: fresh, next };
  }
  return { text, headed: fresh, next: undefined };
}

function headerOf(sql: Sql, machine: number, run: string): string {
  const found = sql('SELECT header FROM run WHERE machine = ? AND run = ?').get(machine, run);
  return found ? `${found.header}\n` : '';
}

interface Span {
  readonly machine: number;
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Chunks and the samples that wait do not overlap, so each chunk comes whole between them. */
function* samplesOf({ waiting, chunks }: ReadTables, { machine, name, from, to }: Span): Generator<TimedLine> {
  const texts = new SampleTexts(name);
  const waitingLines = function* (first: number, last: number) {
    for (const row of waiting.read(machine, first, last)) yield { ms: row.ms, run: row.run, line: texts.ofRow(row) };
  };
  let next = from;
  for (const ref of chunks.within(machine, from, to)) {
    yield* waitingLines(next, ref.first_ms - 1);
    const chunk = chunks.open(ref);
    const textOf = texts.ofChunk(chunk);
    for (let row = chunk.rowAt(next); row < chunk.rows; row += 1) {
      const { ms, run } = chunk.headAt(row);
      if (ms > to) return;
      yield { ms, run, line: textOf(row) };
    }
    next = ref.last_ms + 1;
  }
  yield* waitingLines(next, to);
}

function eventsOf(
  sql: Sql,
  { machine, after, to }: { machine: number; after: Position; to: number },
): Iterator<TimedLine> {
  const select =
    'SELECT ms, run, line FROM event WHERE machine = ? AND (ms, line) > (?, ?) AND ms <= ? ORDER BY ms, line';
  return sql(select).iterate(machine, after.ms, after.event, to) as Iterator<unknown> as Iterator<TimedLine>;
}

/** Both in time order as one, and with each line where a page behind it begins. */
function* merged(
  samples: Iterator<TimedLine>,
  events: Iterator<TimedLine>,
): Generator<{ line: TimedLine; next: Position }> {
  let [sample, event] = [samples.next(), events.next()];
  try {
    while (!sample.done || !event.done) {
      if (event.done || (!sample.done && sample.value.ms <= event.value.ms)) {
        yield { line: sample.value, next: { ms: sample.value.ms, event: '' } };
        sample = samples.next();
      } else {
        yield { line: event.value, next: { ms: event.value.ms, event: event.value.line } };
        event = events.next();
      }
    }
  } finally {
    samples.return?.();
    events.return?.();
  }
}

/** The sample of a run at a moment. */
export function sampleAt({ waiting, chunks }: ReadTables, machine: number, ms: number): Sample | undefined {
  const [ref] = chunks.within(machine, ms, ms);
  const chunk = ref && chunks.open(ref);
  const row = chunk?.rowAt(ms) ?? 0;
  const found = chunk?.ms[row] === ms ? chunk.samples(row, row + 1).next().value : waiting.find(machine, ms);
  return found ? unpackSample(found, found.names, '') : undefined;
}
