import fc from 'fast-check';
import { expect, it } from 'vitest';
import { StoreError } from '../store.ts';
import { isPacked, packer, unpackSample } from './packed-sample.ts';
import { anySample } from './test-samples.ts';

it('a sample says after packing what it said before', () => {
  const pack = packer('web01');
  fc.assert(
    fc.property(anySample, (sample) => {
      const packed = pack(sample);
      const names = JSON.parse(packed.names) as string[];
      expect(packed.count).toBe(names.length);
      expect(isPacked(packed)).toBe(true);
      expect(unpackSample(packed, names, 'web01')).toStrictEqual(sample);
    }),
    { numRuns: 500 },
  );
});

it('what an agent sends keeps nothing beside its columns', () => {
  const sample = { timestamp: 1_767_982_248.003, run: 'r', seq: 1, tags: { machine_id: 'web01' }, fields: { a: 1 } };
  expect(packer('web01')(sample).rest).toBeNull();
  expect(packer('db01')(sample).rest).toBe('{"tags":{"machine_id":"web01"}}');
});

it.each([Number.NaN, Infinity, 1e300])('the timestamp %s is refused', (timestamp) => {
  expect(() => packer('web01')({ timestamp, fields: {} })).toThrow(StoreError);
});

it('nothing that JSON can hold passes for packed', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => !isPacked(value)));
  expect(isPacked(JSON.parse('{"ms":1,"values":{"0":1,"length":1}}'))).toBe(false);
});
