/**
 * The samples of a machine's hour as a frame: a column for each field, and four for what else a sample has. A colon before
 * a column's name marks those four, a full stop marks a field, whatever it is called.
 */
import type { FieldValue } from '@perfcollector/procfs';
import { ByteReader, DamagedError } from '../frame/byte-reader.ts';
import { ByteWriter } from '../frame/byte-writer.ts';
import { ABSENT, Column } from '../frame/column.ts';
import { firstAt } from '../frame/first-at.ts';
import { encodeFrame, Frame } from '../frame/frame.ts';
import { ValueReader, writeFrom } from '../frame/values.ts';
import type { PackedSample } from '../packed/packed-sample.ts';

/** A sample as it waits to be sealed; rows of one shape share the array of names. */
export interface SampleRow extends Omit<PackedSample, 'names' | 'count'> {
  readonly names: readonly string[];
}

const [MS, RUN, SEQ, REST] = [':ms', ':run', ':seq', ':rest'];
const FIELD = '.';

/** Samples as columns, before or after they were a chunk. */
export interface SampleTable {
  readonly rows: number;
  /** Names of fields. */
  readonly fields: readonly string[];
  /** By field; undefined where no sample has it. */
  column(field: string): Column | undefined;
  /** Unix milliseconds of each sample, ascending. */
  readonly ms: Float64Array;
}

/** @param samples in time order */
export function tableOf(
  samples: readonly SampleRow[],
): SampleTable & { readonly columns: ReadonlyMap<string, Column> } {
  const columns = new Map([MS, RUN, SEQ, REST].map((name) => [name, new Column(samples.length)]));
  const place = fieldPlacer(columns, samples.length);
  for (const [row, sample] of samples.entries()) {
    columns.get(MS)?.setDecimal(row, sample.ms, 0);
    if (sample.run !== null) columns.get(RUN)?.set(row, sample.run);
    if (sample.seq !== null) columns.get(SEQ)?.set(row, sample.seq);
    if (sample.rest !== null) columns.get(REST)?.set(row, sample.rest);
    const values = new ValueReader(new ByteReader(sample.values));
    for (const column of place(sample.names)) {
      values.next();
      values.putInto(column, row);
    }
  }
  const fields = [...columns.keys()].filter((name) => name.startsWith(FIELD)).map((name) => name.slice(FIELD.length));
  const column = (field: string) => columns.get(FIELD + field);
  return { rows: samples.length, fields, column, ms: columns.get(MS)?.mantissas ?? new Float64Array(), columns };
}

/** The columns of a shape's fields, made where they are not there yet. */
function fieldPlacer(columns: Map<string, Column>, rows: number): (names: readonly string[]) => readonly Column[] {
  const placed = new Map<readonly string[], readonly Column[]>();
  const columnOf = (name: string): Column => {
    const column = columns.get(FIELD + name) ?? new Column(rows);
    columns.set(FIELD + name, column);
    return column;
  };
  return (names) => {
    const known = placed.get(names) ?? names.map(columnOf);
    placed.set(names, known);
    return known;
  };
}

export function encodeChunk({ rows, columns }: ReturnType<typeof tableOf>): Uint8Array {
  return encodeFrame(rows, columns);
}

/** A chunk that is being read; a field's values are decoded when they are asked for. */
export class Chunk implements SampleTable {
  readonly rows: number;
  readonly fields: readonly string[];
  readonly #frame: Frame;
  readonly #decoded = new Map<string, Column | undefined>();

  /** @throws DamagedError, also from every method */
  constructor(bytes: Uint8Array) {
    this.#frame = new Frame(bytes);
    this.rows = this.#frame.rows;
    this.fields = this.#frame.names.filter((name) => name.startsWith(FIELD)).map((name) => name.slice(FIELD.length));
  }

  get ms(): Float64Array {
    return this.#own(MS).mantissas;
  }

  column(field: string): Column | undefined {
    return this.#decode(FIELD + field);
  }

  /** The row of the first sample at or after a time; `rows` where there is none. */
  rowAt(ms: number): number {
    return firstAt(this.ms, ms);
  }

  /** Everything of a sample but its fields. */
  headAt(row: number): Pick<PackedSample, 'ms' | 'run' | 'seq' | 'rest'> {
    return {
      ms: this.ms[row] as number,
      run: textOf(this.#own(RUN).get(row)),
      seq: this.#own(SEQ).number(row) ?? null,
      rest: textOf(this.#own(REST).get(row)),
    };
  }

  /** Samples as they were before they were sealed. */
  *samples(from = 0, to = this.rows): Generator<SampleRow> {
    const columns = this.fields.map((field) => this.column(field));
    const shapes = new Map<string, readonly string[]>();
    const writer = new ByteWriter();
    for (let row = from; row < to; row += 1) {
      const names = this.fields.filter((_, at) => columns[at]?.scales[row] !== ABSENT);
      const shape = names.length === this.fields.length ? EVERY_FIELD : JSON.stringify(names);
      const shared = shapes.get(shape) ?? names;
      shapes.set(shape, shared);
      for (const column of columns) if (column) writeFrom(writer, column, row);
      yield { ...this.headAt(row), names: shared, values: writer.take() };
    }
  }

  #own(name: string): Column {
    const column = this.#decode(name);
    if (!column) throw new DamagedError(`its column ${name} is missing`);
    return column;
  }

  #decode(name: string): Column | undefined {
    if (!this.#decoded.has(name)) this.#decoded.set(name, this.#frame.column(name));
    return this.#decoded.get(name);
  }
}

/** Stands for the JSON of all names; it is none itself. */
const EVERY_FIELD = '';

function textOf(value: FieldValue | undefined): string | null {
  if (value === undefined || typeof value === 'string') return value ?? null;
  throw new DamagedError('a text in it is a number');
}
