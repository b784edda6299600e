import { existsSync, readFileSync } from 'node:fs';
import { hostRoot } from '@perfcollector/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeField } from './catalogue.ts';
import { ParseError } from './errors.ts';
import { sources } from './sources/index.ts';
import { isParsed, type ParsedSource } from './test-sampling.ts';
import type { Fields, FieldValue } from './types.ts';

/** The hosts whose files the parsers begin with: of each file the first one's that has it. */
const HOSTS = ['ubuntu24.04-6.8-x86_64', 'rocky8-4.18-x86_64', 'centos7-3.10-x86_64'].map(hostRoot);

/** A text that each source reads, to begin with. */
const subjects = sources.filter(isParsed).map((source) => {
  if (source.name === 'statfs') return { source, subsystem: source.subsystem, text: statfsText() };
  if (source.name === 'container') return { source, subsystem: 'container/docker/942b476921d8', text: containerText() };
  const subsystem = source.name === 'pressure' ? `${source.subsystem}/memory` : source.subsystem;
  return { source, subsystem, text: readFileSync(pathOf(subsystem), 'utf8') };
});

function pathOf(subsystem: string): string {
  return HOSTS.map((host) => host + subsystem).find((path) => existsSync(path)) ?? subsystem;
}

describe.each(subjects)('the parser of $source.name', ({ source, subsystem, text }) => {
  test('reads its file', () => {
    expect(() => source.parse(text, subsystem)).not.toThrow();
  });

  test('refuses with nothing but a ParseError, and gives nothing but counts, from any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (any) => expectSound(source, any, subsystem)));
  });

  test('refuses with nothing but a ParseError, and gives nothing but counts, from its file damaged', () => {
    fc.assert(fc.property(damaged(text), (some) => expectSound(source, some, subsystem)));
  });

  test('refuses with nothing but a ParseError, and gives nothing but counts, from its file cut off anywhere', () => {
    fc.assert(fc.property(fc.nat(text.length), (length) => expectSound(source, text.slice(0, length), subsystem)));
  });

  test('gives the same fields from the same text', () => {
    expect(source.parse(text, subsystem)).toStrictEqual(source.parse(text, subsystem));
  });
});

describe.each(subjects.filter(({ text }) => text.startsWith('{')))(
  'the parser of $source.name',
  ({ source, subsystem, text }) => {
    test('refuses with nothing but a ParseError, and gives nothing but counts, from any JSON', () => {
      fc.assert(fc.property(fc.json(), (json) => expectSound(source, json, subsystem)));
    });

    test('refuses with nothing but a ParseError, and gives nothing but counts, from any flat values', () => {
      const keys = [...text.matchAll(/"(\w+)":/g)].map(([, key = '']) => key);
      const object = fc.dictionary(fc.constantFrom(...keys), flatValue());
      fc.assert(fc.property(object, (some) => expectSound(source, JSON.stringify(some), subsystem)));
    });
  },
);

/** Throws where the parser does what it must not. */
function expectSound(source: ParsedSource, text: string, subsystem: string): void {
  const fields = parseOrRefuse(source, text, subsystem);
  const unsound = Object.entries(fields).filter(([name, value]) => !isFieldValue(name, value));
  expect(unsound).toStrictEqual([]);
}

function parseOrRefuse(source: ParsedSource, text: string, subsystem: string): Fields {
  try {
    return source.parse(text, subsystem);
  } catch (error) {
    expect(error).toBeInstanceOf(ParseError);
    return {};
  }
}

/** A number that can be a count, a count that a number cannot hold, or the text of a label. */
function isFieldValue(name: string, value: FieldValue | undefined): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 && !Object.is(value, -0);
  if (typeof value !== 'string' || value === '') return false;
  if (describeField(name)?.spec.kind === 'label') return true;
  return /^[1-9]\d*$/.test(value) && BigInt(value) >= 2n ** 53n;
}

interface Edit {
  readonly at: number;
  readonly drop: number;
  readonly insert: string;
}

/** A text with pieces cut out of it and others put in. */
function damaged(text: string): fc.Arbitrary<string> {
  const insert = fc.oneof(
    fc.constantFrom(
      '',
      '\n',
      ' ',
      ':',
      '|',
      '/',
      '-',
      '-1',
      '0',
      'NaN',
      '1e9',
      '9'.repeat(25),
      '0x1f',
      '\0',
      '"',
      '{',
      '}',
    ),
    fc.constantFrom('cpu', 'cpu9 ', '\nctxt', 'processor', '__proto__', 'constructor', ',"', 'null', 'max', '\r'),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  const edit: fc.Arbitrary<Edit> = fc.record({ at: fc.nat(text.length), drop: fc.nat(12), insert });
  return fc.array(edit, { minLength: 1, maxLength: 5 }).map((edits) => edits.reduce(applyEdit, text));
}

function applyEdit(text: string, { at, drop, insert }: Edit): string {
  return text.slice(0, at) + insert + text.slice(at + drop);
}

function flatValue(): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String),
    fc.constantFrom(null, '', 'max', '/'),
  );
}

function statfsText(): string {
  return `{"mount_point":"/","block_size":4096,"blocks_total":7466684,"blocks_free":6506420,"files_total":9}
{"mount_point":"/boot/efi","block_size":8192,"blocks_total":65500,"blocks_available":65118,"files_free":1}
`;
}

function containerText(): string {
  return `{"container_id":"942b476921d8001b","container_name":"web","cpu_quota":50000,"cpu_usage_usec":2923730,
"io_read_bytes":50896896,"memory_current":58802176,"memory_max":536870912,"pids_max":4580,"runtime":"docker"}`;
}
