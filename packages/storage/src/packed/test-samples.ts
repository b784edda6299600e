/** Samples as tests make them up. Nothing else imports it. */
import type { Sample } from '@perfcollector/collection';
import fc from 'fast-check';
import { anyValue } from '../frame/test-values.ts';

const FIELDS = [
  'cpu_user',
  'mem_free',
  'loadavg_1min',
  'os',
  '',
  '__proto__',
  'constructor',
  '7',
  '0',
  'a\0b',
  'a',
  'b',
];

const fields: fc.Arbitrary<Sample['fields']> = fc
  .uniqueArray(fc.tuple(fc.oneof(fc.constantFrom(...FIELDS), fc.string({ unit: 'binary' })), anyValue), {
    selector: ([name]) => name,
    maxLength: 8,
  })
  .map((entries) => Object.fromEntries(entries));

const timestamp = fc.oneof(
  fc.nat({ max: 2 ** 41 }).map((ms) => ms / 1000),
  fc.double({ min: 0, max: 1e11, maxExcluded: true, noNaN: true }).map(Math.abs),
);

const tags = fc.oneof(
  fc.constantFrom({ machine_id: 'web01' }, { machine_id: 'another' }, {}, { machine_id: 'web01', rack: '7' }),
  fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })),
);

const others = fc.dictionary(
  fc.oneof(fc.constantFrom('colour', '__proto__', 'ms', 'rest', 'values'), fc.string()),
  fc.jsonValue({ maxDepth: 3 }),
  { maxKeys: 2, noNullPrototype: true },
);

/** As JSON.parse gives it: of the machine web01, of another, of none, with what newer versions may add. */
export const anySample: fc.Arbitrary<Sample> = fc
  .record(
    { timestamp, fields, run: fc.string(), seq: fc.oneof(fc.nat(), fc.constant(Number.MAX_SAFE_INTEGER)), tags },
    { requiredKeys: ['timestamp', 'fields'], noNullPrototype: true },
  )
  .chain((sample) => others.map((more) => structuredClone({ ...withoutKnown(more), ...sample }) as Sample)); // no null prototypes

function withoutKnown(more: object): object {
  const known = ['timestamp', 'run', 'seq', 'tags', 'fields'];
  return Object.fromEntries(Object.entries(more).filter(([name]) => !known.includes(name)));
}
