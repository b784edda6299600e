import type { FieldValue } from '@perfcollector/procfs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DamagedError } from './byte-reader.ts';
import { Column } from './column.ts';
import { encodeFrame, Frame } from './frame.ts';
import { anyValue } from './test-values.ts';

type Table = ReadonlyMap<string, (FieldValue | undefined)[]>;

const name = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '__proto__', '\ud800', ':ms', '"'));
const anyTable: fc.Arbitrary<{ rows: number; table: Table }> = fc.nat(12).chain((rows) =>
  fc
    .dictionary(name, fc.array(fc.option(anyValue, { nil: undefined }), { minLength: rows, maxLength: rows }), {
      maxKeys: 12,
      noNullPrototype: false,
    })
    .map((columns) => ({ rows, table: new Map(Object.entries(columns)) })),
);

function frameOf(rows: number, table: Table): Uint8Array {
  const columns = [...table].map(([title, values]): [string, Column] => {
    const column = new Column(rows);
    for (const [row, value] of values.entries()) if (value !== undefined) column.set(row, value);
    return [title, column];
  });
  return encodeFrame(rows, new Map(columns));
}

function tableOf(bytes: Uint8Array): { rows: number; table: Table } {
  const frame = new Frame(bytes);
  const columns = frame.names.map((title): [string, (FieldValue | undefined)[]] => {
    const column = frame.column(title);
    return [title, Array.from({ length: column?.rows ?? -1 }, (_, row) => column?.get(row))];
  });
  return { rows: frame.rows, table: new Map(columns) };
}

it('columns of any names and values come back as they went in', () => {
  fc.assert(
    fc.property(anyTable, ({ rows, table }) => {
      const bytes = frameOf(rows, table);
      expect(tableOf(bytes)).toStrictEqual({ rows, table });
      expect(new Frame(bytes).column('no such column')).toBeUndefined();
      expect(new Frame(bytes).has('no such column')).toBe(false);
    }),
    { numRuns: 150 },
  );
});

it('columns of many blocks come back one by one, in any order', () => {
  const large = (seed: number) => Array.from({ length: 3000 }, (_, row) => ((row + seed) * 7919) % 100_003);
  const table = new Map(Array.from({ length: 12 }, (_, at) => [`c${at}`, large(at)]));
  const bytes = frameOf(3000, table);
  for (const at of [11, 0, 5]) {
    const column = new Frame(bytes).column(`c${at}`);
    expect(Array.from({ length: 3000 }, (_, row) => column?.get(row))).toEqual(large(at));
  }
});

/** What a damaged frame holds: nothing, or what was written. */
function expectDamagedOrSame(bytes: Uint8Array, original: ReturnType<typeof tableOf>): void {
  let found: ReturnType<typeof tableOf>;
  try {
    found = tableOf(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(DamagedError);
    return;
  }
  expect(found).toStrictEqual(original);
}

const SOME: Table = new Map([
  ['.cpu_user', Array.from({ length: 60 }, (_, row) => 223_485 + row * 3)],
  ['.loadavg', Array.from({ length: 60 }, (_, row) => (row % 7) / 100)],
  ['.constant', new Array(60).fill(16_384)],
  ['.sparse', Array.from({ length: 60 }, (_, row) => (row % 5 === 0 ? row : undefined))],
  ['.label', Array.from({ length: 60 }, (_, row) => (row < 30 ? 'bash' : 'node'))],
]);

it('cut off at any byte it is damaged', () => {
  const bytes = frameOf(60, SOME);
  for (let length = 0; length < bytes.length; length += 1)
    expect(() => tableOf(bytes.subarray(0, length))).toThrow(DamagedError);
});

it('with any byte changed it is damaged, or holds what was written', () => {
  const bytes = frameOf(60, SOME);
  const original = tableOf(bytes);
  for (let at = 0; at < bytes.length; at += 1) {
    for (const flip of [0x01, 0x80, 0xff, 0x10]) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] as number) ^ flip;
      expectDamagedOrSame(changed, original);
    }
  }
});

it('bytes that nobody wrote are damaged', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(() => tableOf(bytes)).toThrow(DamagedError);
      expect(() => tableOf(Uint8Array.of(1, ...bytes))).toThrow(DamagedError);
    }),
  );
});
