import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineError, parseLine, type Sample } from '../lines.ts';
import { HeadScanner, type ScannedHead } from './head-scanner.ts';

const UUID = '0b6d1cc6-7d5c-4c0b-9c8e-6d2e5f4a1b3c';

/**
 * Scans the beginning of a line. What is taken has to be what the general way makes of it, if the line is one; and whether it
 * is one may depend on the fields alone.
 */
function scan(line: string | Uint8Array, scanner = new HeadScanner()): ScannedHead | undefined {
  const bytes = Buffer.from(line as string);
  const head = scanner.scan(bytes);
  if (!head) return undefined;
  expect(bytes[head.fieldsAt]).toBe('{'.charCodeAt(0));
  const withoutFields = `${bytes.toString('utf8', 0, head.fieldsAt)}{}}`;
  expect(headOf(parseLine(withoutFields).value as Sample)).toEqual(withoutPlace(head));
  return head;
}

function withoutPlace({ timestamp, run, seq, machineId }: ScannedHead) {
  return { timestamp, run, seq, machineId };
}

function headOf({ timestamp, run, seq, tags }: Sample) {
  return { timestamp, run, seq, machineId: tags?.machine_id };
}

interface Parts {
  readonly timestamp?: string;
  readonly run?: string;
  readonly seq?: string;
  readonly machine?: string;
}

function lineOf({ timestamp = '1767982248.003', run = UUID, seq = '7', machine = 'web01' }: Parts): string {
  return `{"timestamp":${timestamp},"run":"${run}","seq":${seq},"tags":{"machine_id":"${machine}"},"fields":{"a":1}}`;
}

/** One that has seen a line of the run. */
function experienced(): HeadScanner {
  const scanner = new HeadScanner();
  scan(lineOf({}), scanner);
  return scanner;
}

const usual: readonly Parts[] = [
  ...[
    '1767982248',
    '1767982248.1',
    '1767982248.12',
    '1767982248.123',
    '0',
    '0.5',
    '9999999999.999',
    '99999999999.999',
  ].map((timestamp) => ({ timestamp })),
  ...['0', '1', '86400', '999999999999999'].map((seq) => ({ seq })),
  { run: 'r' },
  { run: 'a b/c' },
  { machine: 'db-01.example.com' },
];

describe('what agents write is taken, of a new run and of one that is known', () => {
  test.each(usual)('%o', (parts) => {
    expect(scan(lineOf(parts))).toBeDefined();
    expect(scan(lineOf(parts), experienced())).toBeDefined();
  });
});

const unusual: readonly Parts[] = [
  ...['01767982248', '00', '1.', '.5', '-1', '1e9', '1.2345', '100000000000', '100000000000.5', '"1"', 'null', ''].map(
    (timestamp) => ({ timestamp }),
  ),
  ...['999999999999', '999999999999999', '01.5', '1767982248 ', '1767982248.12x'].map((timestamp) => ({ timestamp })),
  ...['01', '00', '-1', '1.5', '1e3', '9007199254740993', '1000000000000000', '"1"', 'null', ''].map((seq) => ({
    seq,
  })),
  ...['', 'ü', 'a\\"b', 'a\\u0041', 'a\u007f'].map((run) => ({ run })),
  ...['', 'ü', 'a\\"b', 'a\u001f'].map((machine) => ({ machine })),
];

describe('the rest is left, of a new run and of one that is known', () => {
  test.each(unusual)('%o', (parts) => {
    expect(scan(lineOf(parts))).toBeUndefined();
    expect(scan(lineOf(parts), experienced())).toBeUndefined();
  });
});

test('a line that is cut off before its fields is left', () => {
  const line = lineOf({});
  for (let length = 0; length <= line.indexOf('{"a"'); length += 1) {
    expect(scan(line.slice(0, length))).toBeUndefined();
    expect(scan(line.slice(0, length), experienced())).toBeUndefined();
  }
});

const parts: fc.Arbitrary<Parts> = fc.record({
  timestamp: fc.oneof(
    fc.nat({ max: 4e12 }).map((ms) => String(ms / 1000)),
    fc.stringMatching(/^\d{1,13}(\.\d{0,4})?$/),
  ),
  run: fc.oneof(fc.constantFrom(UUID, 'r', 's', '__proto__'), fc.stringMatching(/^[ -~]{0,5}$/)),
  seq: fc.oneof(fc.nat().map(String), fc.maxSafeInteger().map(String), fc.stringMatching(/^\d{1,17}$/)),
  machine: fc.oneof(fc.constantFrom('web01', 'web02'), fc.string({ unit: 'binary', maxLength: 4 })),
});
const text = (part: string) => JSON.stringify(part).slice(1, -1);
const anyLine = parts.map(({ run = '', machine = '', ...rest }) =>
  lineOf({ ...rest, run: text(run), machine: text(machine) }),
);
/** Bytes of a line's head changed, put in, or left out. */
const bentLine = fc
  .tuple(
    anyLine,
    fc.nat(),
    fc.oneof(fc.constantFrom(...Buffer.from('{}[]",:.-+0e9 \\\0\x7f', 'latin1')), fc.nat(255)),
    fc.nat(2),
  )
  .map(([line, place, byte, kind]) => {
    const bytes = Buffer.from(line);
    const at = place % bytes.indexOf('{"a"');
    return Buffer.concat([
      bytes.subarray(0, at),
      Buffer.from(kind > 0 ? [byte] : []),
      bytes.subarray(kind < 2 ? at + 1 : at),
    ]);
  });

test('of any lines, one after the other, what is taken is what the general way makes of it', () => {
  const lines = fc.array(fc.oneof({ weight: 3, arbitrary: anyLine }, { weight: 2, arbitrary: bentLine }), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(lines, (all) => {
      const scanner = new HeadScanner();
      for (const line of all) scan(line, scanner);
    }),
    { numRuns: 2000 },
  );
});

test('what one with experience takes is what a new one takes', () => {
  const lines = fc.array(fc.oneof(anyLine, bentLine), { maxLength: 6 });
  fc.assert(
    fc.property(lines, (all) => {
      const scanner = new HeadScanner();
      for (const line of all) expect(scan(line, scanner)).toEqual(scan(line));
    }),
    { numRuns: 1000 },
  );
});

test('a head of a line that is none says nothing of the line', () => {
  const line = '{"timestamp":1,"run":"r","seq":1,"tags":{"machine_id":"m"},"fields":{"a":}}';
  expect(scan(line)).toMatchObject({ timestamp: 1, machineId: 'm' });
  expect(() => parseLine(line)).toThrow(LineError);
});
