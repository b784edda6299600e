import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteReader, DamagedError } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { Column } from './column.ts';
import { anyValue } from './test-values.ts';
import { ValueReader, writeFrom, writeValue } from './values.ts';

const anyValues = fc.array(anyValue, { maxLength: 30 });

function written(values: readonly Parameters<typeof writeValue>[1][]): Uint8Array {
  const writer = new ByteWriter();
  for (const value of values) writeValue(writer, value);
  return writer.take();
}

it('values come back one after the other as they went in, also by way of a column', () => {
  fc.assert(
    fc.property(anyValues, (values) => {
      const bytes = new ByteReader(written(values));
      const [reader, column, again] = [new ValueReader(bytes), new Column(values.length), new ByteWriter()];
      for (const [row, value] of values.entries()) {
        reader.next();
        expect(reader.value).toStrictEqual(value);
        reader.putInto(column, row);
        writeFrom(again, column, row);
      }
      expect(bytes.isAtEnd).toBe(true);
      expect(again.take()).toEqual(written(values));
    }),
    { numRuns: 300 },
  );
});

it('bytes that nobody wrote are called damaged, or are values', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const from = new ByteReader(bytes);
      const reader = new ValueReader(from);
      try {
        while (!from.isAtEnd) {
          reader.next();
          expect(['number', 'string']).toContain(typeof reader.value);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(DamagedError);
      }
    }),
    { numRuns: 1000 },
  );
});

it.each([
  ['a text that is no JSON', [0xb1, 1, 0x7b]],
  ['JSON that is no text', [0xb1, 2, 0x5b, 0x5d]],
])('%s is damaged', (_, bytes) => {
  expect(() => new ValueReader(new ByteReader(Uint8Array.from(bytes))).next()).toThrow(DamagedError);
});
