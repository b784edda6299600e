import { FieldCollector, FieldKey, openHost, sources } from '@perfcollector/procfs';
import { hostRoot } from '@perfcollector/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLine, type Sample } from './lines.ts';
import { SampleLine } from './sample-line.ts';

const HEAD = { timestamp: 1704067210.003, run: '0b8f-1', seq: 7, machineId: 'web01' };

function parsed(line: SampleLine): Sample {
  const text = Buffer.from(line.finish()).toString();
  expect(text.endsWith('}\n')).toBe(true);
  const { kind, value } = parseLine(text);
  expect(kind).toBe('sample');
  return value as Sample;
}

/** What a line holds for the text of one number. */
function heldAs(text: string, take: 'count' | 'decimal' = 'count'): unknown {
  const line = new SampleLine();
  line.begin(HEAD);
  line[take](new FieldKey('x'), Buffer.from(`${text}\n\0`), 0);
  return parsed(line).fields.x;
}

describe('a sample line', () => {
  test('holds its head', () => {
    const line = new SampleLine();
    line.begin(HEAD);
    expect(parsed(line)).toStrictEqual({
      timestamp: 1704067210.003,
      run: '0b8f-1',
      seq: 7,
      tags: { machine_id: 'web01' },
      fields: {},
    });
  });

  test('takes machine ids and field names that JSON must escape', () => {
    const line = new SampleLine();
    line.begin({ ...HEAD, machineId: 'a"b\\c\u2028\n' });
    line.number(new FieldKey('fs_/mnt/"x"\n_files_free'), 1);
    line.label(new FieldKey('label'), 'ü"\ud800');
    const { tags, fields } = parsed(line);
    expect(tags).toStrictEqual({ machine_id: 'a"b\\c\u2028\n' });
    expect(fields).toStrictEqual({ 'fs_/mnt/"x"\n_files_free': 1, label: 'ü"\ud800' });
  });

  test('begins anew with another head', () => {
    const line = new SampleLine();
    line.begin(HEAD);
    line.number(new FieldKey('old'), 1);
    line.finish();
    line.begin({ ...HEAD, run: 'other', seq: 8 });
    expect(parsed(line)).toMatchObject({ run: 'other', seq: 8, fields: {} });
  });

  test('takes back what was put after a mark', () => {
    const line = new SampleLine();
    line.begin(HEAD);
    const first = line.mark();
    line.number(new FieldKey('a'), 1);
    const mark = line.mark();
    line.number(new FieldKey('b'), 2);
    line.rollback(mark);
    line.number(new FieldKey('c'), 3);
    expect(parsed(line).fields).toStrictEqual({ a: 1, c: 3 });
    line.rollback(first);
    expect(parsed(line).fields).toStrictEqual({});
  });

  test('grows with its fields', () => {
    const line = new SampleLine();
    line.begin(HEAD);
    for (let at = 0; at < 50_000; at += 1) line.number(new FieldKey(`field_${at}`), at);
    line.label(new FieldKey('long'), 'x'.repeat(500_000));
    const { fields } = parsed(line);
    expect(Object.keys(fields)).toHaveLength(50_001);
    expect(fields.field_49999).toBe(49_999);
  });

  test.each([
    ['0', 0],
    ['007', 7],
    ['000', 0],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', '9007199254740992'],
    ['18446744073709551615', '18446744073709551615'],
    ['0000000000000000000012', 12],
    ['00018446744073709551615', '18446744073709551615'],
    ['12 34', 12],
    ['', undefined],
    ['x1', undefined],
    ['-1', undefined],
  ])('holds the count %j as %j', (text, want) => {
    expect(heldAs(text)).toStrictEqual(want);
  });

  test.each([
    ['0.20', 0.2],
    ['-12', -12],
    ['-0.5', -0.5],
    ['007.5', 7.5],
    ['-007', -7],
    ['12.', 12],
    ['.5', undefined],
    ['-', undefined],
    ['-x', undefined],
  ])('holds the decimal %j as %j', (text, want) => {
    expect(heldAs(text, 'decimal')).toStrictEqual(want);
  });

  test.each([
    ['12', 'count'],
    ['12', 'decimal'],
    ['1.2', 'decimal'],
    ['1.', 'decimal'],
  ] as const)('does not hold %j, with which a text ends as a %s: it may go on', (text, take) => {
    const line = new SampleLine();
    line.begin(HEAD);
    expect(line[take](new FieldKey('x'), Buffer.from(`${text}\0`), 0)).toBeGreaterThan(0);
    expect(Buffer.from(line.finish()).toString()).toContain('"fields":{}}');
  });

  test('holds whole numbers of any size exactly', () => {
    const line = new SampleLine();
    line.begin(HEAD);
    line.number(new FieldKey('small'), 12n);
    line.number(new FieldKey('large'), 2n ** 63n);
    line.number(new FieldKey('half'), 0.5);
    expect(parsed(line).fields).toStrictEqual({ small: 12, large: '9223372036854775808', half: 0.5 });
  });

  test('tells the reader of a text where a number ends, as the other sink does', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789.- x') }), fc.nat(5), (text, at) => {
        const bytes = Buffer.from(`${text}\n\0`);
        fc.pre(at < bytes.length);
        const [line, collector] = [new SampleLine(), new FieldCollector()];
        line.begin(HEAD);
        for (const take of ['count', 'decimal'] as const) {
          const key = new FieldKey(take);
          expect(line[take](key, bytes, at)).toBe(collector[take](key, bytes, at));
        }
        expect(parsed(line).fields).toStrictEqual(collector.fields);
      }),
      { numRuns: 2000 },
    );
  });

  test.each(['ubuntu24.04-6.8-x86_64', 'alpine3.19-6.6-x86_64', 'centos7-3.10-x86_64'])(
    'holds what a reader of the raw texts makes of the host %s',
    async (name) => {
      const host = openHost(hostRoot(name));
      const settings = { include: new Set<never>(), cgroups: false, top: 0, cmdline: false };
      const [line, collector] = [new SampleLine(), new FieldCollector()];
      line.begin(HEAD);
      for (const source of sources) {
        if (source.name === 'statfs') continue; // a capture has none
        for (const sink of [line, collector])
          await sampleIfThere(() => source.open?.(host, settings).sample(sink, () => {}));
      }
      const { fields } = parsed(line);
      expect(fields).toStrictEqual(collector.fields);
      expect(Object.keys(fields).length).toBeGreaterThan(100);
    },
  );
});

/** Not every capture has every file. */
async function sampleIfThere(sample: () => unknown): Promise<void> {
  try {
    await sample();
  } catch (error) {
    expect(error).toMatchObject({ name: 'SourceError', reason: 'unavailable' });
  }
}
