import { checkLine, type Sample } from '@perfcollector/collection';
import { parseJson } from '@perfcollector/procfs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PackedSample, unpackSample } from './packed-sample.ts';
import { scanSamples } from './scan-samples.ts';
import { Shapes } from './shape.ts';

/** What the way that takes everything makes of a request; it throws where the request is a bad one. */
function generic(text: string | Buffer): { identifier: unknown; samples: Sample[] } {
  const { identifier, measurements } = parseJson(text.toString()) as { identifier: unknown; measurements: unknown[] };
  const lines = measurements.map(checkLine);
  return { identifier, samples: lines.map(({ kind, value }) => (kind === 'sample' ? value : fail(kind))) };
}

function fail(kind: string): never {
  throw new Error(`a ${kind} is no sample`);
}

function unpacked(samples: readonly PackedSample[], machine: string): Sample[] {
  return samples.map((packed) => unpackSample(packed, JSON.parse(packed.names) as string[], machine));
}

/** Scans; what the scan takes has to be what the other way makes of it. @returns whether it took it */
function scan(text: string | Buffer, shapes = new Shapes()): boolean {
  const found = scanSamples(Buffer.from(text as string), shapes, 'acme');
  if (!found) return false;
  const { identifier, samples } = generic(text);
  expect(found.identifier).toBe(identifier);
  expect(unpacked(found.samples, found.identifier)).toStrictEqual(samples);
  for (const { names, count } of found.samples) expect(JSON.parse(names)).toHaveLength(count);
  return true;
}

/** Such a request is left too: its samples may be parts of one. */
function hasOneTimeTwice(text: string): boolean {
  const times = generic(text).samples.map(({ timestamp }) => timestamp);
  return new Set(times).size < times.length;
}

/** A request whose one sample has these members; none of them is text in JSON already. */
function request(members: string): string {
  return `{"identifier":"web01","measurements":[{${members}}]}`;
}

function withField(value: string): string {
  return request(`"timestamp":1767982248.003,"tags":{"machine_id":"web01"},"fields":{"cpu_user":${value}}`);
}

describe('what agents write is taken', () => {
  it.each([
    ['a whole sample', request('"timestamp":1.5,"run":"r","seq":1,"tags":{"machine_id":"web01"},"fields":{"a":1}')],
    ['no samples', '{"identifier":"web01","measurements":[]}'],
    ['blanks', ' {\t"identifier" : "web01" ,\r\n"measurements" : [ ] } \n'],
    ['no fields', request('"timestamp":1,"tags":{"machine_id":"web01"},"fields":{}')],
    ['members in another order', request('"fields":{"b":"x","a":-0.5},"tags":{"machine_id":"web01"},"timestamp":0')],
    ['the largest seq', request('"seq":9007199254740991,"timestamp":1,"tags":{"machine_id":"web01"},"fields":{}')],
  ])('%s', (_, text) => {
    expect(scan(text)).toBe(true);
  });

  it.each([
    ...['0', '0.0', '7', '-7', '0.52', '1.50', '100', '0.00000001', '0.000000001', '-12345.678'],
    ...['9007199254740991', '9007199254740992', '18446744073709551615', '123456789012345678901234567890'],
    ...['999999999999999', '1234567890123.456', '-9007199254740991', '0.1234567890123456789', '9007199254740993.0'],
  ])('the number %s', (number) => {
    expect(scan(withField(number))).toBe(true);
  });
});

describe('the rest is left, whether it is good or bad', () => {
  it.each([
    ...['-0', '-0.0', '1e3', '1E-2', '01', '-01', '.5', '1.', '-', '+1', 'NaN', 'null', 'true', '[]', '{}', '--1'],
    ...['-18446744073709551615', '"\\u0041"', '"é"', '"\u007f"', '"\\""', '"a', '1 2', '0x10', ''],
  ])('the value %s', (value) => {
    expect(scan(withField(value))).toBe(false);
  });

  const tags = '"tags":{"machine_id":"web01"}';
  it.each([
    ['no timestamp', request(`${tags},"fields":{"a":1}`)],
    ['no tags', request('"timestamp":1,"fields":{"a":1}')],
    ['no fields', request(`"timestamp":1,${tags}`)],
    ['another machine', request('"timestamp":1,"tags":{"machine_id":"db01"},"fields":{"a":1}')],
    ['more tags', request('"timestamp":1,"tags":{"machine_id":"web01","rack":"7"},"fields":{"a":1}')],
    ['a member that is not known', request(`"timestamp":1,${tags},"fields":{},"colour":"red"`)],
    ['a header', request('"collection":1,"run":"r","identifier":"web01","started":1,"interval":10')],
    ['an event', request('"timestamp":1,"event":"deploy"')],
    ['one member twice', request(`"timestamp":1,"timestamp":2,${tags},"fields":{}`)],
    ['one field twice', request(`"timestamp":1,${tags},"fields":{"a":1,"a":2}`)],
    ['tags twice', request(`"timestamp":1,${tags},${tags},"fields":{}`)],
    ['a timestamp below the millisecond', request(`"timestamp":1.0005,${tags},"fields":{}`)],
    ['a timestamp beyond all years', request(`"timestamp":100000000000,${tags},"fields":{}`)],
    ['a timestamp that no calendar has', request(`"timestamp":99999999999999,${tags},"fields":{}`)],
    ['a negative timestamp', request(`"timestamp":-1,${tags},"fields":{}`)],
    ['a negative seq', request(`"timestamp":1,"seq":-1,${tags},"fields":{}`)],
    ['a broken seq', request(`"timestamp":1,"seq":1.5,${tags},"fields":{}`)],
    ['a seq beyond 2^53', request(`"timestamp":1,"seq":9007199254740992,${tags},"fields":{}`)],
    ['a run that is null', request(`"timestamp":1,"run":null,${tags},"fields":{}`)],
    ['measurements first', '{"measurements":[],"identifier":"web01"}'],
    ['something behind it', '{"identifier":"web01","measurements":[]}{}'],
    ['more members', '{"identifier":"web01","measurements":[],"more":1}'],
    ['a byte order mark', '\ufeff{"identifier":"web01","measurements":[]}'],
    ['a comma too many', '{"identifier":"web01","measurements":[],}'],
    ['nothing', ''],
    ['a list', '[]'],
  ])('%s', (_, text) => {
    expect(scan(text)).toBe(false);
  });
});

/** Numbers as a person or a program may write them; some are none. */
const numberText = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc
    .tuple(fc.maxSafeInteger(), fc.integer({ min: 1, max: 10 }))
    .map(([n, digits]) => (n / 10 ** digits).toFixed(digits)),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
  fc.stringMatching(/^-?\d{1,20}(\.\d{0,12})?([eE][+-]?\d{1,3})?$/),
);
const word = fc.stringMatching(/^[a-c_]{0,3}$/);
const textOf = fc.oneof(word, fc.string({ unit: 'binary' })).map((text) => JSON.stringify(text));
const value = fc.oneof(
  { weight: 12, arbitrary: numberText },
  { weight: 3, arbitrary: textOf },
  { weight: 1, arbitrary: fc.jsonValue().map((json) => JSON.stringify(json)) },
);
const usualValue = fc.oneof(
  fc.integer().map(String),
  fc.tuple(fc.integer(), fc.nat(8)).map(([n, digits]) => (n / 10 ** digits).toFixed(digits)),
  fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String),
  word.map((text) => JSON.stringify(text)),
);
const blank = fc.constantFrom('', '', '', '', ' ', '\n', '\t \r');

function object(members: fc.Arbitrary<readonly (readonly [string, string])[]>): fc.Arbitrary<string> {
  return fc
    .tuple(members, blank, blank)
    .map(
      ([all, before, after]) =>
        `${before}{${all.map(([name, text]) => `${before}"${name}"${after}:${text}${before}`).join(`,${after}`)}}`,
    );
}

function fieldsOf(values: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return object(fc.uniqueArray(fc.tuple(word, values), { selector: ([name]) => name, maxLength: 6 }));
}

const usualMembers = fc.tuple(
  fc.nat({ max: 2e12 }).map((ms): [string, string] => ['timestamp', String(ms / 1000)]),
  fieldsOf(usualValue).map((text): [string, string] => ['fields', text]),
  fc.nat().map((seq): [string, string] => ['seq', String(seq)]),
  word.map((run): [string, string] => ['run', `"${run}"`]),
  fc.constant<[string, string]>(['tags', '{"machine_id":"web01"}']),
);
const usualSample = object(usualMembers.chain((all) => fc.shuffledSubarray(all, { minLength: 3 }))).filter((text) =>
  ['"timestamp"', '"fields"', '"tags"'].every((name) => text.includes(name)),
);

/** Members that may be of any kind, come twice, or be missing. */
const member = fc.oneof(
  numberText.map((text): [string, string] => ['timestamp', text]),
  numberText.map((text): [string, string] => ['seq', text]),
  textOf.map((text): [string, string] => ['run', text]),
  fieldsOf(value).map((text): [string, string] => ['fields', text]),
  object(fc.array(fc.tuple(word, value))).map((text): [string, string] => ['fields', text]),
  fc.constantFrom('{"machine_id":"web01"}', '{}', '{"machine_id":1}').map((text): [string, string] => ['tags', text]),
  fc.tuple(fc.constantFrom('event', 'collection', 'subsystem', '__proto__', 'x'), value),
);
const strangeSample = object(
  fc
    .tuple(usualMembers, fc.array(member, { maxLength: 3 }))
    .chain(([usual, strange]) => fc.shuffledSubarray([...usual, ...strange], { minLength: 2 })),
);

function requestOf(sample: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .array(sample, { maxLength: 4 })
    .map((samples) => `{"identifier":"web01","measurements":[${samples.join(',')}]}`);
}

describe('of any request', () => {
  it('one of usual samples is taken whole, whatever shapes came before', () => {
    const shapes = new Shapes();
    fc.assert(
      fc.property(requestOf(usualSample), (text) => scan(text, shapes) || hasOneTimeTwice(text)),
      { numRuns: 400 },
    );
  });

  it('what is taken is what the generic way makes of it; what that refuses is never taken', () => {
    const shapes = new Shapes();
    fc.assert(
      fc.property(requestOf(fc.oneof(usualSample, strangeSample)), (text) => {
        scan(text, shapes);
      }),
      { numRuns: 2000 },
    );
  });

  it('with any byte changed, put in or left out, the same', () => {
    const shapes = new Shapes();
    const byte = fc.oneof(fc.constantFrom(...Buffer.from('{}[]",:.-0e9 \\\0\x7f\xff', 'latin1')), fc.nat(255));
    fc.assert(
      fc.property(requestOf(usualSample), fc.nat(), byte, fc.nat(2), (text, place, one, kind) => {
        const bytes = Buffer.from(text);
        const at = place % (bytes.length + 1);
        const parts = [
          bytes.subarray(0, at),
          Buffer.from(kind > 0 ? [one] : []),
          bytes.subarray(kind < 2 ? at + 1 : at),
        ];
        scan(Buffer.concat(parts), shapes);
      }),
      { numRuns: 3000 },
    );
  });

  it('cut off anywhere it is not taken', () => {
    const text = request('"timestamp":1.5,"run":"r","seq":1,"tags":{"machine_id":"web01"},"fields":{"a":1,"b":"x"}');
    for (let length = 0; length < text.length; length += 1) expect(scan(text.slice(0, length))).toBe(false);
  });
});

it('one machine has another shape under another tenant', () => {
  const shapes = new Shapes();
  const text = (fields: string) =>
    Buffer.from(request(`"timestamp":1,"tags":{"machine_id":"web01"},"fields":${fields}`));
  const namesOf = (tenant: string, fields: string) => scanSamples(text(fields), shapes, tenant)?.samples[0]?.names;
  expect(namesOf('acme', '{"a":1,"b":2}')).toBe('["a","b"]');
  expect(namesOf('other', '{"b":1}')).toBe('["b"]');
  expect(namesOf('acme', '{"a":1}')).toBe('["a"]');
  expect(namesOf('acme', '{"a":1,"b":2,"c":3}')).toBe('["a","b","c"]');
  expect(namesOf('acme', '{"c":1,"b":2}')).toBe('["c","b"]');
});
