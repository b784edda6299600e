import { Chunk, encodeChunk, type SampleRow, type SampleTable, tableOf } from '../chunk/chunk.ts';
import { DamagedError } from '../frame/byte-reader.ts';
import type { Sql } from './sql.ts';

/** Where a chunk stands; times are Unix milliseconds, both ends included. */
export interface ChunkRef {
  readonly id: number;
  readonly first_ms: number;
  readonly last_ms: number;
  readonly samples: number;
}

/** An export goes through one after the other, in pieces; series ask for each once. */
const MOST_OPEN = 4;

/** The sealed samples. */
export class Chunks {
  readonly #sql: Sql;
  /** The most recently used last. */
  readonly #open = new Map<number, Chunk>();
  /** When each machine's last sealed sample was, or later: most samples come behind it and need no search. */
  readonly #sealedUntil = new Map<number, number>();

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** What it knows of the database may not be true any more: a transaction was undone. */
  forget(): void {
    this.#open.clear();
    this.#sealedUntil.clear();
  }

  /** The chunk within whose time a moment is. */
  covering(machine: number, ms: number): ChunkRef | undefined {
    if (ms > this.#until(machine)) return undefined;
    const select =
      'SELECT id, first_ms, last_ms, samples FROM chunk WHERE machine = ? AND first_ms <= ? ORDER BY first_ms DESC LIMIT 1';
    const found = this.#sql(select).get(machine, ms) as unknown as ChunkRef | undefined;
    return found && found.last_ms >= ms ? found : undefined;
  }

  /** Those that have samples in a time, in its order. */
  within(machine: number, from: number, to: number): ChunkRef[] {
    const select =
      'SELECT id, first_ms, last_ms, samples FROM chunk WHERE machine = ? AND first_ms <= ? AND last_ms >= ? ORDER BY first_ms';
    return this.#sql(select).all(machine, to, from) as unknown as ChunkRef[];
  }

  /** @throws DamagedError */
  open(ref: ChunkRef): Chunk {
    const known = this.#open.get(ref.id);
    const chunk = known ?? this.#read(ref);
    this.#open.delete(ref.id);
    this.#open.set(ref.id, chunk);
    for (const id of this.#open.keys()) if (this.#open.size > MOST_OPEN) this.#open.delete(id);
    return chunk;
  }

  /** @param samples in time order, at least one. @returns them as the columns that were stored */
  insert(machine: number, samples: readonly SampleRow[]): SampleTable {
    const table = tableOf(samples);
    const data = encodeChunk(table);
    const [first, last] = [samples[0]?.ms ?? 0, samples.at(-1)?.ms ?? 0];
    const insert = 'INSERT INTO chunk (machine, first_ms, last_ms, samples, data) VALUES (?, ?, ?, ?, ?)';
    this.#sql(insert).run(machine, first, last, samples.length, data);
    this.#sealedUntil.set(machine, Math.max(this.#until(machine), last));
    return table;
  }

  delete({ id }: ChunkRef): void {
    this.#sql('DELETE FROM chunk WHERE id = ?').run(id);
    this.#open.delete(id);
  }

  #until(machine: number): number {
    const known = this.#sealedUntil.get(machine);
    if (known !== undefined) return known;
    const until = this.#sql('SELECT max(last_ms) AS until FROM chunk WHERE machine = ?').get(machine)?.until;
    const ms = typeof until === 'number' ? until : -1;
    this.#sealedUntil.set(machine, ms);
    return ms;
  }

  #read({ id, first_ms, samples }: ChunkRef): Chunk {
    const data = this.#sql('SELECT data FROM chunk WHERE id = ?').get(id)?.data as Uint8Array | undefined;
    if (!data) throw new Error(`BUG: chunk ${id} is gone`);
    const chunk = new Chunk(data);
    if (chunk.rows !== samples || chunk.ms[0] !== first_ms)
      throw new DamagedError('it holds other samples than its index says');
    return chunk;
  }
}
