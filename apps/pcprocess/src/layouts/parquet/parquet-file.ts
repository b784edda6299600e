import { constants, zstdCompressSync } from 'node:zlib';
import { codeOf, type Replacement, replaceFile, systemError } from '@perfcollector/cli';
import { ParquetWriter } from 'hyparquet-writer';
import { type ParquetColumn, schemaOf } from './column.ts';
import { FileBytes } from './file-bytes.ts';
import { RowGroup, type Texts } from './row-group.ts';

export interface ParquetOptions {
  /** Kept in the file beside the columns, for readers that ask: units, for one. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** How many cells a row group has, of 8 bytes each: many files that are written at a time had best share. */
  readonly cells?: number;
}

/** 32 MB: 8,000 rows of 500 columns. Half of it makes a file 4 % larger, and saves no memory that can be measured. */
const CELLS = 4_000_000;

/** Also of thousands of columns: with fewer rows to a group, what is kept of each group's columns outgrows the group. */
const LEAST_ROWS = 4096;

/**
 * A Parquet file that appears under its name only when it is whole, as a `CsvFile` does. A row group is held at most, and
 * less than a kilobyte for each column of each group that is written: Parquet has them at the end of the file. It is
 * written while the caller waits, about half a second for a row group of the usual size.
 *
 * hyparquet-writer rather than DuckDB: half a megabyte installed instead of 70, no native code, half the memory or less, and
 * not slower. zstd is Node's own: half the time of hyparquet-writer's Snappy, and 60 % of the size.
 */
export class ParquetFile {
  readonly path: string;
  readonly #replacement: Replacement;
  readonly #bytes: FileBytes;
  readonly #writer: ParquetWriter;
  readonly #group: RowGroup;

  /** @throws UserError where the file cannot be written */
  constructor(path: string, columns: readonly ParquetColumn[], options: ParquetOptions = {}) {
    const { metadata = {}, cells = Math.max(CELLS, LEAST_ROWS * columns.length) } = options;
    const schema = schemaOf(columns);
    this.path = path;
    this.#group = new RowGroup(columns, cells);
    this.#replacement = this.#try(() => replaceFile(path));
    this.#bytes = this.#try(() => open(this.#replacement));
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema,
      codec: 'ZSTD',
      compressors: { ZSTD: compress },
      kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    });
  }

  /**
   * Takes over a row: both arrays have a place for each column and may be used again for the next row. Of `numbers` count those
   * of numeric columns, NaN is a missing one; of `texts` those of `string` columns, and of `uint64` columns where a double
   * would not do: decimal digits, which count instead of the number.
   * @throws UserError where the file cannot be written
   */
  add(numbers: Float64Array, texts: Texts): void {
    this.#group.add(numbers, texts);
    if (this.#group.isFull) this.#try(() => this.#writeGroup());
  }

  /** @throws UserError where the file cannot be written */
  finish(): void {
    this.#try(() => {
      if (this.#group.rows > 0) this.#writeGroup();
      this.#writer.finish();
      this.#replacement.commit();
    });
  }

  /** Gives up: nothing of it stays. */
  discard(): void {
    this.#bytes.close();
    this.#replacement.discard();
  }

  #writeGroup(): void {
    this.#writer.write({ columnData: this.#group.sources(), rowGroupSize: this.#group.rows });
    this.#group.clear();
  }

  /** What the file system says becomes a sentence. */
  #try<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw codeOf(error) === undefined ? error : systemError(`write ${this.path}`, error);
    }
  }
}

function open(replacement: Replacement): FileBytes {
  try {
    return new FileBytes(replacement.temporary);
  } catch (error) {
    replacement.discard();
    throw error;
  }
}

function compress(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 3 } });
}
