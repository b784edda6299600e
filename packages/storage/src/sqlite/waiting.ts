import type { SampleRow } from '../chunk/chunk.ts';
import { DamagedError } from '../frame/byte-reader.ts';
import { jsonTextOf } from '../packed/json-text.ts';
import { headOf, type PackedSample } from '../packed/packed-sample.ts';
import { WeighedMap } from '../weighed-map.ts';
import type { Sql } from './sql.ts';

/** A sample as it waits in its table, under its machine's id. */
interface WaitingRow {
  readonly ms: number;
  readonly run: string | null;
  readonly seq: number | null;
  readonly shape: number;
  readonly fields: Uint8Array;
  readonly rest: string | null;
}

/** A packed sample; how many fields it has its names say. */
export type WaitingSample = Omit<PackedSample, 'count'>;

/** What is remembered of names: in bytes, some kilobytes each. */
const MOST_BYTES = 64 * 1024 * 1024;

/** The samples that wait to be sealed. */
export class Waiting {
  readonly #sql: Sql;
  /** The shape that a machine's last sample had: the next one has it too, nearly always. */
  readonly #lastShapes = new WeighedMap<number, { readonly names: string; readonly id: number }>(
    MOST_BYTES,
    ({ names }) => names.length,
  );
  readonly #names = new WeighedMap<number, readonly string[]>(MOST_BYTES, namesBytes);

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** What it knows of the database may not be true any more: a transaction was undone. */
  forget(): void {
    this.#lastShapes.clear();
    this.#names.clear();
  }

  /** @returns whether it was put there; not where the machine has one at that millisecond */
  insert(machine: number, { ms, run, seq, names, values, rest }: WaitingSample): boolean {
    const shape = this.#shapeOf(machine, names);
    const insert =
      'INSERT OR IGNORE INTO waiting (machine, ms, run, seq, shape, fields, rest) VALUES (?, ?, ?, ?, ?, ?, ?)';
    return this.#sql(insert).run(machine, ms, run, seq, shape, values, rest).changes === 1;
  }

  replace(machine: number, { ms, names, values, rest }: WaitingSample): void {
    const shape = this.#shapeOf(machine, names);
    const update = 'UPDATE waiting SET shape = ?, fields = ?, rest = ? WHERE machine = ? AND ms = ?';
    this.#sql(update).run(shape, values, rest, machine, ms);
  }

  /** A sample that is kept at another millisecond than its own says its own time itself. */
  at(packed: WaitingSample, ms: number, machine: string): WaitingSample {
    if (packed.ms === ms) return packed;
    const { run: _run, seq: _seq, ...rest } = headOf(packed, machine);
    return { ...packed, ms, rest: jsonTextOf(rest) };
  }

  find(machine: number, ms: number): SampleRow | undefined {
    const [row] = this.read(machine, ms, ms);
    return row;
  }

  hasAny(machine: number, from: number, to: number): boolean {
    const select = 'SELECT 1 FROM waiting WHERE machine = ? AND ms >= ? AND ms <= ? LIMIT 1';
    return this.#sql(select).get(machine, from, to) !== undefined;
  }

  /** In time order; both ends included. @throws DamagedError */
  *read(machine: number, from: number, to: number): Generator<SampleRow> {
    const select =
      'SELECT ms, run, seq, shape, fields, rest FROM waiting WHERE machine = ? AND ms >= ? AND ms <= ? ORDER BY ms';
    const rows = this.#sql(select).iterate(machine, from, to) as Iterable<unknown> as Iterable<WaitingRow>;
    for (const { shape, fields, ...row } of rows) yield { ...row, names: this.#namesOf(shape), values: fields };
  }

  delete(machine: number, from: number, to: number): void {
    this.#sql('DELETE FROM waiting WHERE machine = ? AND ms >= ? AND ms <= ?').run(machine, from, to);
  }

  /** Deletes the shapes that no waiting sample of a machine has. */
  dropShapes(machine: number): void {
    this.#sql(
      'DELETE FROM shape WHERE machine = :machine AND id NOT IN (SELECT shape FROM waiting WHERE machine = :machine)',
    ).run({ machine });
    this.#lastShapes.delete(machine);
  }

  #shapeOf(machine: number, names: string): number {
    const last = this.#lastShapes.get(machine);
    if (last?.names === names) return last.id;
    const found = this.#sql('SELECT id FROM shape WHERE machine = ? AND names = ?').get(machine, names);
    const made = () =>
      this.#sql('INSERT INTO shape (machine, names) VALUES (?, ?)').run(machine, names).lastInsertRowid;
    const id = Number(found?.id ?? made());
    this.#lastShapes.set(machine, { names, id });
    return id;
  }

  /** The same array for the same shape, as long as it is remembered. */
  #namesOf(shape: number): readonly string[] {
    const known = this.#names.get(shape);
    if (known) return known;
    const found = this.#sql('SELECT names FROM shape WHERE id = ?').get(shape);
    if (!found) throw new DamagedError('the names of its fields are missing');
    const names = JSON.parse(found.names as string) as string[];
    this.#names.set(shape, names);
    return names;
  }
}

function namesBytes(names: readonly string[]): number {
  return names.reduce((bytes, name) => bytes + TEXT_BYTES + name.length, 0);
}

/** Of a text, beside its characters. */
const TEXT_BYTES = 32;
