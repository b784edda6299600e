import type { ColumnSource } from 'hyparquet-writer';
import type { ParquetColumn } from './column.ts';
import { isUint64 } from './whole-number.ts';

/** A row's texts, by column; what is missing is null or undefined. */
export type Texts = readonly (string | null | undefined)[];

/** More would make nothing smaller, and a table of few columns would be held in arrays of millions. */
const MOST_ROWS = 2 ** 17;

/** So much text takes the room of a number. */
const LETTERS_A_CELL = 4;

/** The rows that are held until there are enough of them to be written column by column. */
export class RowGroup {
  readonly #columns: readonly ParquetColumn[];
  readonly #mostRows: number;
  readonly #mostLetters: number;
  /** Row by row, for a row comes as a whole. */
  readonly #numbers: Float64Array;
  /** Those that no `Float64Array` holds, by column. */
  readonly #others: ReadonlyMap<number, (string | bigint | null)[]>;
  #rows = 0;
  #letters = 0;

  constructor(columns: readonly ParquetColumn[], cells: number) {
    this.#columns = columns;
    this.#mostRows = Math.min(Math.max(Math.floor(cells / columns.length), 1), MOST_ROWS);
    this.#mostLetters = cells * LETTERS_A_CELL;
    this.#numbers = new Float64Array(this.#mostRows * columns.length); // memory is taken as it is filled
    const others = columns.flatMap(({ type }, at) => (type === 'string' || type === 'uint64' ? [at] : []));
    this.#others = new Map(others.map((at) => [at, []]));
  }

  get rows(): number {
    return this.#rows;
  }

  get isFull(): boolean {
    return this.#rows === this.#mostRows || this.#letters >= this.#mostLetters;
  }

  add(numbers: Float64Array, texts: Texts): void {
    const width = this.#columns.length;
    if (numbers.length !== width) throw new Error(`BUG: a row of ${numbers.length} for ${width} columns`);
    this.#numbers.set(numbers, this.#rows * width);
    for (const [at, values] of this.#others) {
      const text = texts[at] ?? null;
      this.#letters += text?.length ?? 0;
      const isText = this.#columns[at]?.type === 'string';
      values[this.#rows] = isText ? text : wholeNumber(text ?? numbers[at]);
    }
    this.#rows += 1;
  }

  sources(): ColumnSource[] {
    return this.#columns.map((column, at) => new LazySource(column, () => this.#valuesOf(column.type, at)));
  }

  clear(): void {
    this.#rows = 0;
    this.#letters = 0;
    for (const values of this.#others.values()) values.length = 0;
  }

  #valuesOf(type: ParquetColumn['type'], at: number): ColumnSource['data'] {
    const others = this.#others.get(at);
    if (others) return others;
    const numbers = this.#numbersOf(at);
    return type === 'timestamp' ? numbers.map(microseconds) : numbers;
  }

  #numbersOf(at: number): (number | null)[] {
    const values: (number | null)[] = new Array(this.#rows);
    for (let row = 0, cell = at; row < this.#rows; row++, cell += this.#columns.length) {
      const value = this.#numbers[cell] ?? Number.NaN;
      values[row] = Number.isNaN(value) ? null : value;
    }
    return values;
  }
}

/** A column that is put together when it is read: all at once would take several times the memory of the rows. */
class LazySource implements ColumnSource {
  readonly name: string;
  /** Rows are looked for by their time; smallest and largest of every other column would be a third of the work. */
  readonly statistics: boolean;
  /** Not by hyparquet-writer's choice: its dictionaries of numbers make a file 6 % smaller and take a third more time. */
  readonly encoding?: 'PLAIN';
  readonly #read: () => ColumnSource['data'];

  constructor({ name, type }: ParquetColumn, read: () => ColumnSource['data']) {
    this.name = name;
    this.statistics = type === 'timestamp';
    if (type !== 'string') this.encoding = 'PLAIN';
    this.#read = read;
  }

  get data(): ColumnSource['data'] {
    return this.#read();
  }
}

function wholeNumber(value: number | string = Number.NaN): bigint | null {
  if (Number.isNaN(value)) return null;
  if (!isUint64(value)) throw new Error(`BUG: ${value} in a column of unsigned whole numbers`);
  return BigInt(value);
}

/** Null where 64 bits do not hold them: no such point in time can be told. */
function microseconds(seconds: number | null): bigint | null {
  const value = Math.round((seconds ?? Number.NaN) * 1e6);
  return Math.abs(value) < 2 ** 63 ? BigInt(value) : null;
}
