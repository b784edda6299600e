import { FieldKey } from '@perfcollector/procfs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SampleLine } from './sample-line.ts';

function fieldsOf(values: readonly (number | bigint)[]): unknown {
  const line = new SampleLine();
  line.begin({ timestamp: 1, run: 'r', seq: 1, machineId: 'm' });
  for (const [at, value] of values.entries()) line.number(new FieldKey(`f${at}`), value);
  return JSON.parse(Buffer.from(line.finish()).toString('utf8')).fields;
}

function wanted(values: readonly (number | bigint)[]): unknown {
  const inJson = (value: number | bigint) =>
    typeof value === 'bigint' && value > Number.MAX_SAFE_INTEGER ? String(value) : Number(value);
  return Object.fromEntries(values.map((value, at) => [`f${at}`, inJson(value)]));
}

test.each([0, 1, 9, 10, 99, 100, 4294967295, 4294967296, 2 ** 53 - 1, 2 ** 53, 1e21, 0.5, -7, 10n ** 19n, 7n])(
  'a sample holds the number %d as it is',
  (value) => {
    expect(fieldsOf([value])).toStrictEqual(wanted([value]));
  },
);

test('a sample holds any numbers as they are', () => {
  const number = fc.oneof(
    fc.maxSafeNat(),
    fc.nat(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  );
  fc.assert(
    fc.property(fc.array(number), (values) => {
      expect(fieldsOf(values)).toStrictEqual(wanted(values));
    }),
  );
});
