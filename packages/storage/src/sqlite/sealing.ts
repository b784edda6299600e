/**
 * From waiting samples to chunks and roll-ups, and back where a late sample belongs between sealed ones. Every function is
 * called inside a transaction, so nothing is ever in both places or in none.
 */
import type { SampleRow } from '../chunk/chunk.ts';
import type { FieldKind } from '../rollup/field-kind.ts';
import { joinPieces } from '../rollup/join.ts';
import { encodeRollup, type Pieces, piecesOfSamples } from '../rollup/rollup.ts';
import type { ChunkRef, Chunks } from './chunks.ts';
import type { RollupSeconds, Rollups } from './rollups.ts';
import type { Sql } from './sql.ts';
import { DAY_MS, dayOf, HOUR_MS, SECOND_MS } from './time.ts';
import type { Waiting } from './waiting.ts';

/** An hour has more values than this only if it is sampled far more often than others; then it becomes several chunks. */
export const MOST_VALUES = 512 * 1024;

interface Parts {
  readonly sql: Sql;
  readonly waiting: Waiting;
  readonly chunks: Chunks;
  readonly rollups: Rollups;
  readonly kindOf: (field: string) => FieldKind;
}

export class Sealing {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Seals what waits of an hour. @returns how many samples */
  sealHour(machine: number, hourMs: number): number {
    const { waiting } = this.#parts;
    const last = hourMs + HOUR_MS - 1;
    if (!waiting.hasAny(machine, hourMs, last)) return 0; // sealed meanwhile
    let sealed = 0;
    for (const { from, to } of spansBetween(this.#undoSmall(machine, hourMs, last), hourMs, last)) {
      for (const samples of inPieces(waiting.read(machine, from, to))) {
        this.#sealTogether(machine, samples);
        sealed += samples.length;
      }
    }
    if (sealed > 0) {
      waiting.delete(machine, hourMs, last);
      waiting.dropShapes(machine);
    }
    return sealed;
  }

  /** Lets the samples of the chunk at a moment wait again. */
  unseal(machine: number, ms: number): void {
    const { waiting, chunks, rollups } = this.#parts;
    const ref = chunks.covering(machine, ms);
    if (!ref) throw new Error(`BUG: there is no chunk at ${ms} to undo`);
    const texts = new Map<readonly string[], string>();
    for (const { names, ...sample } of chunks.open(ref).samples()) {
      const text = texts.get(names) ?? JSON.stringify(names);
      texts.set(names, text);
      waiting.insert(machine, { ...sample, names: text });
    }
    this.#reopenDay(machine, ref.first_ms);
    chunks.delete(ref);
    rollups.deleteAt(machine, 60, ref.first_ms);
  }

  /** Makes the roll-ups of a day whose hours are sealed. */
  sealDay(machine: number, dayMs: number): void {
    const { sql, rollups } = this.#parts;
    const minutes = rollups.find(machine, 60, { from: dayMs, to: dayMs + DAY_MS - 1 });
    if (minutes.length > 0) {
      const pieces = joinPieces(minutes.map((ref) => rollups.open(ref)));
      for (const resolution of [300, 3600] as const) {
        rollups.deleteIn(machine, resolution, dayMs);
        rollups.insert({ machine, resolution, pieces }, encodeRollup(pieces, resolution * SECOND_MS));
      }
    }
    sql('DELETE FROM open_day WHERE machine = ? AND day_ms = ?').run(machine, dayMs);
  }

  /**
   * A late sample may make the second chunk of an hour that has room in its first: together they pack better.
   * @returns the chunks that stay, in time order
   */
  #undoSmall(machine: number, from: number, to: number): ChunkRef[] {
    const { chunks } = this.#parts;
    return chunks.within(machine, from, to).filter((ref) => {
      const chunk = chunks.open(ref);
      if (chunk.rows * chunk.fields.length >= MOST_VALUES / 2) return true;
      this.unseal(machine, ref.first_ms);
      return false;
    });
  }

  #sealTogether(machine: number, samples: readonly SampleRow[]): void {
    const { chunks, rollups, kindOf } = this.#parts;
    this.#reopenDay(machine, samples[0]?.ms ?? 0);
    const pieces: Pieces = piecesOfSamples(chunks.insert(machine, samples), kindOf);
    rollups.insert({ machine, resolution: 60, pieces }, encodeRollup(pieces, 60 * SECOND_MS));
  }

  /** What the day's roll-ups were made of changes. Where that is gone by age, in part or as a whole, they stay as they are. */
  #reopenDay(machine: number, ms: number): void {
    const { sql, rollups } = this.#parts;
    const day = dayOf(ms);
    const made = this.#samplesIn(machine, 3600, day);
    if (made > 0 && made > this.#samplesIn(machine, 60, day)) return;
    sql('INSERT OR IGNORE INTO open_day (machine, day_ms) VALUES (?, ?)').run(machine, day);
    for (const resolution of [300, 3600] as const) rollups.deleteIn(machine, resolution, day);
  }

  /** How many samples a day's roll-ups were made of. */
  #samplesIn(machine: number, resolution: RollupSeconds, day: number): number {
    const { rollups } = this.#parts;
    const refs = rollups.find(machine, resolution, { from: day, to: day + DAY_MS - 1 });
    return refs.flatMap((ref) => [...rollups.open(ref).samples]).reduce((sum, samples) => sum + samples, 0);
  }
}

/** The times before, between and behind chunks: no chunk may overlap another. */
function* spansBetween(refs: readonly ChunkRef[], from: number, to: number): Generator<{ from: number; to: number }> {
  let next = from;
  for (const { first_ms, last_ms } of refs) {
    yield { from: next, to: first_ms - 1 };
    next = last_ms + 1;
  }
  yield { from: next, to };
}

/**
 * Columns have a place for each sample, so places count and not values: samples that share no field need the square of
 * their number.
 */
export function* inPieces(samples: Iterable<SampleRow>): Generator<SampleRow[]> {
  let [piece, fields, shapes]: [SampleRow[], Set<string>, Set<readonly string[]>] = [[], new Set(), new Set()];
  for (const sample of samples) {
    const wider = shapes.has(sample.names) ? fields : fields.union(new Set(sample.names));
    if (piece.length > 0 && wider.size > fields.size && (piece.length + 1) * wider.size > MOST_VALUES) {
      yield piece;
      [piece, fields, shapes] = [[], new Set(sample.names), new Set()];
    } else fields = wider;
    shapes.add(sample.names);
    piece.push(sample);
    if (piece.length * fields.size < MOST_VALUES) continue;
    yield piece;
    [piece, fields, shapes] = [[], new Set(), new Set()];
  }
  if (piece.length > 0) yield piece;
}
