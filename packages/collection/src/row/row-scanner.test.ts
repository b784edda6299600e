import type { FieldValue } from '@perfcollector/procfs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLine, type Sample } from '../lines.ts';
import { ABSENT, FieldRow, LARGE, NUMBER } from './field-row.ts';
import { RowScanner } from './row-scanner.ts';

const KNOWN = ['a', 'b', 'c', 'cpu_user', 'net_eth0_rx_bytes', 'ü', '__proto__', '7', ''];
const SLOTS = new Map(KNOWN.map((name, slot) => [name, slot]));
const HEAD = '{"timestamp":1,"fields":';

function newScanner(): RowScanner {
  return new RowScanner((name) => SLOTS.get(name) ?? -1);
}

/** What stands in a row, slot by slot. */
function contentOf(row: FieldRow): unknown[] {
  return KNOWN.map((_, slot) => {
    const kind = row.kinds[slot];
    if (kind === ABSENT) return undefined;
    if (kind === NUMBER) return row.numbers[slot];
    return [kind, row.numbers[slot], row.texts[slot]];
  });
}

/** The general way. @throws LineError */
function parsed(line: Uint8Array): FieldRow {
  const row = new FieldRow(KNOWN.length);
  const { kind, value } = parseLine(Buffer.from(line).toString('utf8'));
  if (kind !== 'sample') throw new Error(`a ${kind} in the form of a sample`);
  row.fill((value as Sample).fields, SLOTS);
  return row;
}

/** Scans a line that stands between others; what is taken has to be what the general way makes of it. */
function scan(line: string | Uint8Array, scanner = newScanner(), row = new FieldRow(KNOWN.length)): boolean {
  const own = Buffer.from(line as string);
  const other = Buffer.from(`${HEAD}{"a":1,"b":"x"}}`);
  const bytes = Buffer.concat([other, own, other]);
  const place = { start: other.length + HEAD.length, end: other.length + own.length };
  if (!scanner.scan(bytes, place, row)) return false;
  expect(contentOf(row)).toStrictEqual(contentOf(parsed(own)));
  for (const [slot, kind] of row.kinds.entries()) {
    const [start, end] = [row.starts[slot] as number, row.ends[slot] as number];
    if (kind !== NUMBER || start < 0) continue;
    expect(row.bytes.subarray(start, end).toString()).toBe(Buffer.from(String(row.numbers[slot])).toString());
  }
  return true;
}

function withFields(members: string): string {
  return `${HEAD}{${members}}}`;
}

describe('what agents write is taken', () => {
  test.each([
    ...['0', '7', '-7', '0.52', '1.50', '100', '0.000001', '0.0000001', '-12345.678', '999999999999999', '0.0', '-0.5'],
    ...['"18446744073709551615"', '"9007199254740993"', '"007"', '""', '"x y"', '"{},:"', '"1.5"', '"-3"'],
  ])('the value %s', (value) => {
    for (const name of ['a', 'foreign']) expect(scan(withFields(`"${name}":${value}`))).toBe(true);
    expect(scan(withFields(`"a":${value},"b":${value}`))).toBe(true);
  });

  test('no fields, and a carriage return at the end', () => {
    expect(scan(withFields(''))).toBe(true);
    expect(scan(`${withFields('"a":1')}\r`)).toBe(true);
  });
});

describe('the rest is left, whether it is good or bad', () => {
  test.each([
    ...['-0', '-0.0', '1e3', '1E-2', '01', '-01', '.5', '1.', '-', '+1', 'NaN', 'null', 'true', '[]', '{}', '', ' 1'],
    ...['1000000000000000', '12345678901234567890', '0.1234567890123456', '"\\u0041"', '"é"', '"\u007f"', '"a', '1 '],
  ])('the value %s', (value) => {
    expect(scan(withFields(`"a":${value}`))).toBe(false);
    expect(scan(withFields(`"a":1,"b":${value},"c":1`))).toBe(false);
  });

  test.each([
    ['one field twice', withFields('"a":1,"a":2')],
    ['a blank before a name', withFields(' "a":1')],
    ['something behind the fields', `${HEAD}{"a":1},"more":1}`],
    ['something behind the line', `${withFields('"a":1')}}`],
    ['fields that do not end', `${HEAD}{"a":1`],
    ['fields whose last text does not end', `${HEAD}{"a":"x`],
    ['a line that does not end', `${HEAD}{"a":1}`],
    ['a comma too many', withFields('"a":1,')],
    ['a name that is none', withFields('a:1')],
    ['no colon', withFields('"a"1')],
  ])('%s', (_, line) => {
    expect(scan(line)).toBe(false);
    const scanner = newScanner();
    const row = new FieldRow(KNOWN.length);
    expect(scan(withFields('"a":1'), scanner, row)).toBe(true);
    expect(scan(line, scanner, row)).toBe(false);
    expect(scan(withFields('"a":2'), scanner, row)).toBe(true);
  });
});

const word = fc.constantFrom(...KNOWN, 'x', 'net_eth0_rx_packets', 'aa', 'a"', 'a\\', '名');
const usualNumber = fc.oneof(
  fc.nat(),
  fc.integer(),
  fc.constantFrom(0, 1, 9, 10, 999_999_999_999_999, 1e15, Number.MAX_SAFE_INTEGER),
  fc.tuple(fc.integer(), fc.nat(8)).map(([number, places]) => number / 10 ** places),
);
const numberText = fc.oneof(
  usualNumber.map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.tuple(fc.maxSafeInteger(), fc.nat(12)).map(([number, places]) => (number / 10 ** places).toFixed(places)),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.stringMatching(/^-?\d{1,20}(\.\d{0,12})?([eE][+-]?\d{1,3})?$/),
);
const usualText = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String), fc.stringMatching(/^[ -~]{0,4}$/));
const usualValue = fc.oneof(
  usualNumber.map(String),
  usualText.map((text) => JSON.stringify(text)),
);
const anyValue = fc.oneof(
  { weight: 6, arbitrary: usualValue },
  { weight: 4, arbitrary: numberText },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }).map((value) => JSON.stringify(value)) },
);
const blank = fc.constantFrom('', '', '', '', '', ' ', '\t', '\r');

function lineOf(values: fc.Arbitrary<string>, blanks: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const members = fc.array(fc.tuple(word, values), { maxLength: 5 });
  return fc
    .tuple(members, blanks)
    .map(([all, space]) => withFields(all.map(([name, text]) => `${JSON.stringify(name)}:${space}${text}`).join(',')));
}

const usualLine = lineOf(usualValue, fc.constant(''));
const anyLine = fc.oneof(usualLine, lineOf(anyValue, blank));

/** Lines with one byte of them changed, put in, or left out. */
const bentLine = fc
  .tuple(
    usualLine,
    fc.nat(),
    fc.oneof(fc.constantFrom(...Buffer.from('{}[]",:.-+0e9 \\\0\x7f\xff\r', 'latin1')), fc.nat(255)),
    fc.nat(2),
  )
  .map(([line, place, byte, kind]) => {
    const bytes = Buffer.from(line);
    const at = HEAD.length + (place % (bytes.length + 1 - HEAD.length));
    const middle = Buffer.from(kind > 0 ? [byte] : []);
    return Buffer.concat([bytes.subarray(0, at), middle, bytes.subarray(kind < 2 ? at + 1 : at)]);
  });

describe('of any line', () => {
  test('what is taken is what the general way makes of it; what that refuses is never taken', () => {
    fc.assert(
      fc.property(anyLine, (line) => void scan(line)),
      { numRuns: 3000 },
    );
  });

  test('with any byte changed, put in or left out, the same', () => {
    fc.assert(
      fc.property(bentLine, (line) => void scan(line)),
      { numRuns: 3000 },
    );
  });

  test('one after the other, whatever came before, the same; one that a new scanner takes is taken', () => {
    const lines = fc.array(fc.oneof({ weight: 3, arbitrary: anyLine }, { weight: 1, arbitrary: bentLine }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(lines, (all) => {
        const scanner = newScanner();
        const rows = [new FieldRow(KNOWN.length), new FieldRow(KNOWN.length)];
        for (const [at, line] of all.entries()) expect(scan(line, scanner, rows[at % 2])).toBe(scan(line));
      }),
      { numRuns: 1500 },
    );
  });

  test('rows that another scanner filled, or nobody, hold nothing of what was in them', () => {
    const place = fc.record({ line: anyLine, row: fc.nat(2), by: fc.nat(2) });
    fc.assert(
      fc.property(fc.array(place, { maxLength: 12 }), (all) => {
        const scanners = [newScanner(), newScanner()];
        const rows = [0, 1, 2].map(() => new FieldRow(KNOWN.length));
        for (const { line, row, by } of all) {
          const scanner = scanners[by];
          if (scanner) scan(line, scanner, rows[row]);
          else rows[row]?.fill({ a: 1, b: 'x', c: '18446744073709551615' }, SLOTS);
        }
      }),
      { numRuns: 1500 },
    );
  });
});

test('a row gives back what was put into it', () => {
  const value: fc.Arbitrary<FieldValue> = fc.oneof(usualNumber, usualText);
  const row = new FieldRow(1);
  fc.assert(
    fc.property(value, (one) => {
      row.put(0, one);
      expect(row.get(0)).toBe(one);
      expect(row.kinds[0] === LARGE).toBe(typeof one === 'string' && /^\d+$/.test(one));
    }),
  );
});
