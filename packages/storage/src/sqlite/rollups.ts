import type { FieldKind } from '../rollup/field-kind.ts';
import { type Pieces, piecesOfRollup } from '../rollup/rollup.ts';
import type { Sql } from './sql.ts';
import { DAY_MS } from './time.ts';

/** Seconds that a bucket of a roll-up is long. */
export type RollupSeconds = 60 | 300 | 3600;

interface Span {
  /** Unix milliseconds, both ends included. */
  readonly from: number;
  readonly to: number;
}

export interface RollupRef {
  readonly id: number;
  readonly first_ms: number;
}

/** The roll-ups in the database: of minutes for each chunk, of five minutes and hours for each day. */
export class Rollups {
  readonly #sql: Sql;
  readonly #kindOf: (field: string) => FieldKind;

  constructor(sql: Sql, kindOf: (field: string) => FieldKind) {
    this.#sql = sql;
    this.#kindOf = kindOf;
  }

  insert(
    { machine, resolution, pieces }: { machine: number; resolution: RollupSeconds; pieces: Pieces },
    data: Uint8Array,
  ): void {
    this.#sql('INSERT INTO rollup (machine, resolution, first_ms, last_ms, data) VALUES (?, ?, ?, ?, ?)').run(
      machine,
      resolution,
      pieces.firstMs[0] ?? 0,
      pieces.lastMs.at(-1) ?? 0,
      data,
    );
  }

  /** Those that have samples in a time, in its order. */
  find(machine: number, resolution: RollupSeconds, { from, to }: Span): RollupRef[] {
    const select =
      'SELECT id, first_ms FROM rollup WHERE machine = ? AND resolution = ? AND first_ms <= ? AND last_ms >= ? ORDER BY first_ms';
    return this.#sql(select).all(machine, resolution, to, from) as unknown as RollupRef[];
  }

  /** @throws DamagedError */
  open({ id }: RollupRef): Pieces {
    const data = this.#sql('SELECT data FROM rollup WHERE id = ?').get(id)?.data as Uint8Array | undefined;
    if (!data) throw new Error(`BUG: roll-up ${id} is gone`);
    return piecesOfRollup(data, this.#kindOf);
  }

  deleteAt(machine: number, resolution: RollupSeconds, firstMs: number): void {
    this.#sql('DELETE FROM rollup WHERE machine = ? AND resolution = ? AND first_ms = ?').run(
      machine,
      resolution,
      firstMs,
    );
  }

  deleteIn(machine: number, resolution: RollupSeconds, dayMs: number): void {
    const remove = 'DELETE FROM rollup WHERE machine = ? AND resolution = ? AND first_ms >= ? AND first_ms < ?';
    this.#sql(remove).run(machine, resolution, dayMs, dayMs + DAY_MS);
  }
}
