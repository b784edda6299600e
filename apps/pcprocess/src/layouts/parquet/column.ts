import type { SchemaElement } from 'hyparquet-writer';

/**
 * What a column holds:
 * - `timestamp`: Unix seconds, as a sample has them. Stored as microseconds of UTC, which keep the milliseconds of a sample
 *   exactly, and which pyarrow, R's arrow (POSIXct) and DuckDB read as points in time.
 * - `double`: any number. Counters too, wherever they fit: every whole number up to 2^53 is one, and so is the fraction that a
 *   foreign collection may have in a counter. An integer column would gain nothing and cost much: R has no such numbers beyond
 *   32 bits, pandas makes doubles of them where a value is missing, and the difference over a reset, negative
 *   among doubles, is near 2^64 among numpy's unsigned and an error in DuckDB.
 * - `uint64`: for a column with a value that no double equals (`isBeyondDouble`), if all of its values fit (`isUint64`).
 *   pyarrow and DuckDB read them exactly; R's arrow makes doubles of them. A column in which neither holds, with a fraction here
 *   and 2^63 + 1 there, is best a `double`: the nearest one.
 * - `string`: text.
 */
export interface ParquetColumn {
  /** Any text, also an empty one, but not that of another column. */
  readonly name: string;
  readonly type: 'timestamp' | 'double' | 'uint64' | 'string';
}

/** How Parquet names the types; the older name beside the newer one, for readers that know one of them. */
const TYPES: Readonly<Record<ParquetColumn['type'], Omit<SchemaElement, 'name'>>> = {
  timestamp: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MICROS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  },
  double: { type: 'DOUBLE' },
  // By its older name alone: hyparquet-writer 0.17.0 spells the newer one so that no reader opens the file.
  uint64: { type: 'INT64', converted_type: 'UINT_64' },
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
};

/** The columns as Parquet describes them; a value may be missing in each. */
export function schemaOf(columns: readonly ParquetColumn[]): SchemaElement[] {
  const names = new Set(columns.map(({ name }) => name));
  if (names.size < columns.length) throw new Error('BUG: two columns of one name');
  return [
    { name: 'schema', num_children: columns.length },
    ...columns.map(({ name, type }): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...TYPES[type] })),
  ];
}
