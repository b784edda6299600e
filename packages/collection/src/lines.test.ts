import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkLine, encodeLine, LineError, parseLine } from './lines.ts';

const header = {
  collection: 1,
  run: '6a7f6b5e-9c0c-4e0e-8d0e-0d7f6f1c2b3a',
  identifier: 'web01',
  started: 1704067200,
  interval: 10,
  host: { hostname: 'web01', cpus: 4 },
  agent: 'pcc 1.0.0',
  labels: { site: 'ams' },
};
const sample = {
  timestamp: 1704067210.003,
  run: header.run,
  seq: 1,
  tags: { machine_id: 'web01' },
  fields: { cpu_user: 223485, net_eth0_rx_bytes: '18446744073709551615', container_0123456789ab_name: 'db' },
};
const event = { timestamp: 1704067215, run: header.run, event: 'deploy 42' };
const raw = { timestamp: 1767982248, subsystem: '/proc/loadavg', measurement: '0.20 0.18 0.12 1/80 11206\n' };

const ok = (name: string, kind: string, value: object) => ({ name, kind, value });

const good = [
  ok('a header', 'header', header),
  ok('a header of facts nobody knew', 'header', { ...header, host: {}, labels: {} }),
  ok('a sample', 'sample', sample),
  ok('a foreign sample without run and seq', 'sample', { timestamp: 1704067210, fields: { cpu_user: 1 } }),
  ok('a sample without one field', 'sample', { timestamp: 1704067210, fields: {} }),
  ok('a sample with an empty name for a value', 'sample', { timestamp: 1, fields: { label: '' } }),
  ok('an event', 'event', event),
  ok('a foreign event without run', 'event', { timestamp: 1704067215, event: 'deploy 42' }),
  ok('a raw measurement', 'raw', raw),
  ok('a raw measurement of an empty file', 'raw', { ...raw, measurement: '' }),
  ok('the first second of Unix time', 'event', { ...event, timestamp: 0 }),
];

const without = (value: object, key: string) => Object.fromEntries(Object.entries(value).filter(([k]) => k !== key));
const withField = (name: string, value: unknown) => ({ ...sample, fields: { cpu_user: 1, [name]: value } });
const bad = (value: unknown, message: RegExp) => ({ text: JSON.stringify(value), message });

const badLines = [
  bad(withField('cpu_idle', { value: 1 }), /^field "cpu_idle" is an object; expected a number or a string$/),
  bad(withField('cpu_idle', null), /^field "cpu_idle" is null; expected a number or a string$/),
  bad(withField('cpu_idle', [1]), /^field "cpu_idle" is an array; expected a number or a string$/),
  bad(withField('cpu_idle', true), /^field "cpu_idle" is true; expected a number or a string$/),
  bad({ ...sample, fields: [1, 2] }, /^"fields" is an array; expected an object/),
  bad({ ...sample, fields: null }, /^"fields" is null; expected an object/),
  bad({ ...sample, fields: 'cpu_user=1' }, /^"fields" is "cpu_user=1"; expected an object/),
  bad({ ...sample, seq: '1' }, /^"seq" is "1"; expected a whole number$/),
  bad({ ...sample, seq: -1 }, /^"seq" is -1; expected a whole number$/),
  bad({ ...sample, run: 7 }, /^"run" is 7; expected a string$/),
  bad({ ...sample, tags: 'web01' }, /^"tags" is "web01"; expected an object$/),
  bad({ ...sample, tags: { machine_id: 7 } }, /^"machine_id" is 7; expected a string$/),
  bad(without(sample, 'timestamp'), /^"timestamp" is missing; expected Unix seconds$/),
  bad({ ...sample, timestamp: '1704067210' }, /^"timestamp" is "1704067210"; expected Unix seconds$/),
  bad({ ...sample, timestamp: -1 }, /^"timestamp" is -1; expected Unix seconds$/),
  bad({ ...sample, timestamp: 1704067210003 }, /^"timestamp" is 1704067210003; expected Unix seconds$/),
  bad({ ...sample, timestamp: Number.NaN }, /^"timestamp" is null; expected Unix seconds$/),
  bad({ ...sample, timestamp: 'NaN' }, /^"timestamp" is "NaN"; expected Unix seconds$/),
  bad({ ...sample, timestamp: {} }, /^"timestamp" is an object; expected Unix seconds$/),
  bad({ ...event, timestamp: 1e11 }, /^"timestamp" is 100000000000; expected Unix seconds$/),
  bad({ ...raw, timestamp: '1767982248' }, /^"timestamp" is "1767982248"; expected Unix seconds$/),
  bad(without(raw, 'measurement'), /^"measurement" is missing; expected a string$/),
  bad({ ...raw, measurement: 5 }, /^"measurement" is 5; expected a string$/),
  bad({ ...raw, subsystem: null }, /^"subsystem" is null; expected a string$/),
  bad({ ...event, run: null }, /^"run" is null; expected a string$/),
  bad({ timestamp: 1 }, /"collection", "fields", "subsystem", "event"/),
  bad({ ...header, collection: 2 }, /^collection format 2 is not known here; expected 1$/),
  bad({ ...header, collection: '1' }, /^collection format "1" is not known here; expected 1$/),
  bad({ ...header, collection: null }, /^collection format null is not known here; expected 1$/),
  bad(without(header, 'run'), /^"run" is missing; expected a string$/),
  bad({ ...header, run: '' }, /^"run" is ""; expected a string$/),
  bad(without(header, 'identifier'), /^"identifier" is missing; expected a string$/),
  bad({ ...header, started: header.started * 1000 }, /^"started" is 1704067200000; expected Unix seconds$/),
  bad(without(header, 'started'), /^"started" is missing; expected Unix seconds$/),
  bad({ ...header, interval: 0 }, /^"interval" is 0; expected seconds above 0$/),
  bad({ ...header, interval: '10s' }, /^"interval" is "10s"; expected seconds above 0$/),
  bad({ ...sample, more: nested(17) }, /^"more" is nested more than 16 deep$/),
  bad({ ...event, more: [nested(16)] }, /^"more" is nested more than 16 deep$/),
  bad({ ...header, labels: { a: nested(16) } }, /^"labels" is nested more than 16 deep$/),
  bad({ ...header, fields: nested(17) }, /^"fields" is nested more than 16 deep$/),
  bad([sample], /^an array is no line of a collection; expected a JSON object$/),
  bad(null, /^null is no line of a collection; expected a JSON object$/),
  bad(5, /^5 is no line of a collection; expected a JSON object$/),
  bad('text', /^"text" is no line of a collection; expected a JSON object$/),
  { text: '', message: /^not JSON: ""$/ },
  { text: '{"timestamp":1,"fields":{"cpu_us', message: /^not JSON: / },
  { text: '{"timestamp":NaN,"event":"x"}', message: /^not JSON: / },
  { text: '{"timestamp":1e999,"event":"x"}', message: /^"timestamp" is .*; expected Unix seconds$/ },
  { text: 'timestamp,cpu_user', message: /^not JSON: "timestamp,cpu_user"$/ },
];

/** So many objects in one another. */
function nested(levels: number): object {
  return levels === 1 ? {} : { in: nested(levels - 1) };
}

describe('parseLine', () => {
  test.each(good)('takes $name', ({ kind, value }) => {
    expect(parseLine(JSON.stringify(value))).toEqual({ kind, value });
  });

  test.each(badLines)('refuses $text', ({ text, message }) => {
    expect(() => parseLine(text)).toThrow(LineError);
    expect(() => parseLine(text)).toThrow(message);
  });

  test('takes members that a newer version may add, nested 16 deep', () => {
    expect(parseLine(JSON.stringify({ ...sample, more: nested(16) })).value).toEqual({ ...sample, more: nested(16) });
  });

  test.each(['', '1234567890123456789'])('refuses a hundred thousand levels, wherever they are: %s', (digits) => {
    const deep = `${'['.repeat(100_000)}${digits}${']'.repeat(100_000)}`;
    for (const line of [deep, `{"timestamp":1,"event":"x","more":${deep}}`, `{"timestamp":1,"fields":${deep}}`]) {
      expect(() => parseLine(line)).toThrow(LineError);
    }
  });

  test('shows no more than a glimpse of what is wrong', () => {
    const long = 'x'.repeat(100_000);
    for (const text of [long, JSON.stringify(long), JSON.stringify(withField(long, null))]) {
      expect(messageOf(text).length).toBeLessThan(200);
    }
  });

  test('takes or refuses any JSON value, and nothing but a LineError comes of it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(messageOf(JSON.stringify(value))).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });
});

/** The message of the refusal; throws what is no refusal. */
function messageOf(text: string): string {
  try {
    return parseLine(text).kind;
  } catch (error) {
    if (error instanceof LineError) return error.message;
    throw error;
  }
}

describe('encodeLine', () => {
  const extra = fc.dictionary(fc.stringMatching(/^x_[a-z]{1,8}$/), fc.jsonValue());

  test.each(good)('gives $name back as it was read, one line of it', ({ value }) => {
    const text = JSON.stringify(value);
    expect(encodeLine(parseLine(text).value)).toBe(`${text}\n`);
  });

  test('keeps the members that a newer version added, wherever they stand', () => {
    fc.assert(
      fc.property(fc.constantFrom(header, sample, event, raw), extra, (value, members) => {
        const text = JSON.stringify({ ...value, ...members, tags: { machine_id: 'web01', ...members } });
        fc.pre(!/\d{16}/.test(text)); // an integer above 2^53 comes back as digits
        expect(encodeLine(parseLine(text).value)).toBe(`${text}\n`);
      }),
    );
  });

  test('keeps every digit of a counter above 2^53, as a string', () => {
    const text = '{"timestamp":1,"fields":{"a":18446744073709551615,"b":"9007199254740993","c":9007199254740991}}';
    expect(encodeLine(parseLine(text).value)).toBe(
      '{"timestamp":1,"fields":{"a":"18446744073709551615","b":"9007199254740993","c":9007199254740991}}\n',
    );
  });

  test('never breaks a line in two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (words) => {
        const text = encodeLine({ timestamp: 1, event: words });
        expect(text.indexOf('\n')).toBe(text.length - 1);
        expect(parseLine(text).value).toEqual({ timestamp: 1, event: words });
      }),
    );
  });
});

describe('checkLine', () => {
  test('gives the value itself back', () => {
    expect(checkLine(sample).value).toBe(sample);
  });

  test('refuses NaN, which JSON cannot even say, for a timestamp', () => {
    expect(() => checkLine({ ...sample, timestamp: Number.NaN })).toThrow(/^"timestamp" is .*; expected Unix seconds$/);
  });
});

test('a sample of more fields than any machine has is refused', () => {
  const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`f${at}`, at]));
  expect(checkLine({ timestamp: 1704067210, fields: fields(131_072) }).kind).toBe('sample');
  expect(() => checkLine({ timestamp: 1704067210, fields: fields(131_073) })).toThrow('more than 131072 fields');
});
