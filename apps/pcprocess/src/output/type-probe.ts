import type { RowOutput } from '../engine/forms.ts';
import type { NaChanges } from '../engine/na-changes.ts';
import type { ParquetColumn } from '../layouts/parquet/column.ts';
import { isBeyondDouble, isUint64 } from '../layouts/parquet/whole-number.ts';
import type { FinishedSink, RowSink } from './row-sink.ts';

/** Writes nothing: finds out which types the values of each column have, for a file that must know before its first row. */
export class TypeProbe implements RowSink {
  readonly names: readonly string[];
  /** A word, or a whole number that no double equals. */
  readonly #hasWord: Uint8Array;
  readonly #isBeyond: Uint8Array;
  /** A number that is no unsigned one of 64 bits. */
  readonly #hasOther: Uint8Array;

  constructor(names: readonly string[]) {
    this.names = names;
    this.#hasWord = new Uint8Array(names.length);
    this.#isBeyond = new Uint8Array(names.length);
    this.#hasOther = new Uint8Array(names.length);
  }

  get types(): ParquetColumn['type'][] {
    return this.names.map((_, column) => {
      if (this.#hasWord[column]) return 'string';
      return this.#isBeyond[column] && !this.#hasOther[column] ? 'uint64' : 'double';
    });
  }

  write(output: RowOutput, na: NaChanges): NaChanges {
    if (output.kind !== 'numbers') throw new Error('BUG: a text came for rows of numbers');
    const { numbers, texts } = output;
    const told = new Set(texts.map(({ row, column }) => row * this.names.length + column));
    for (let at = 0, column = 0; at < numbers.length; at += 1) {
      const number = numbers[at] as number;
      if (!isUint64(number) && !Number.isNaN(number) && !told.has(at)) this.#hasOther[column] = 1;
      column = column + 1 === this.names.length ? 0 : column + 1;
    }
    for (const { column, text } of texts) {
      if (!/^\d+$/.test(text)) this.#hasWord[column] = 1;
      else if (!isUint64(text)) this.#hasOther[column] = 1;
      if (isBeyondDouble(text)) this.#isBeyond[column] = 1;
    }
    return na;
  }

  finish(): FinishedSink {
    return { fields: [] };
  }

  discard(): void {}
}
