import type { FieldValue } from '@perfcollector/procfs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { Column } from './column.ts';
import { decodeColumn, encodeColumn } from './column-codec.ts';
import { anyRows } from './test-values.ts';

function columnOf(values: readonly (FieldValue | undefined)[]): Column {
  const column = new Column(values.length);
  for (const [row, value] of values.entries()) if (value !== undefined) column.set(row, value);
  return column;
}

function valuesOf(column: Column): (FieldValue | undefined)[] {
  return Array.from({ length: column.rows }, (_, row) => column.get(row));
}

function encoded(column: Column): Uint8Array {
  const writer = new ByteWriter();
  encodeColumn(column, writer);
  return writer.take();
}

it('a column of any values comes back as it went in, to its last byte', () => {
  fc.assert(
    fc.property(anyRows, (values) => {
      const reader = new ByteReader(encoded(columnOf(values)));
      expect(valuesOf(decodeColumn(reader, values.length))).toStrictEqual(values);
      expect(reader.isAtEnd).toBe(true);
    }),
    { numRuns: 500 },
  );
});

it('a value that changes by little takes a byte a row, one that does not change takes none', () => {
  const rows = Array.from({ length: 360 }, (_, at) => at);
  expect(encoded(columnOf(rows.map(() => 16_384_000))).length).toBeLessThan(10);
  expect(encoded(columnOf(rows.map((at) => 1_767_982_248_003 + at * 10_000 + (at % 3)))).length).toBeLessThan(380);
  expect(encoded(columnOf(rows.map((at) => 0.52 + (at % 4) / 100))).length).toBeLessThan(370);
});
