import type { Sample } from '@perfcollector/collection';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packer, unpackSample } from '../packed/packed-sample.ts';
import { anySample } from '../packed/test-samples.ts';
import { Chunk, encodeChunk, type SampleRow, tableOf } from './chunk.ts';
import { SampleTexts } from './sample-text.ts';

const MACHINE = 'web01';

function rowsOf(samples: readonly Sample[]): SampleRow[] {
  const pack = packer(MACHINE);
  const rows = samples.map((sample) => {
    const { names, ...packed } = pack(sample);
    return { ...packed, names: JSON.parse(names) as string[] };
  });
  return rows.sort((a, b) => a.ms - b.ms);
}

function unpacked(rows: Iterable<SampleRow>): Sample[] {
  return Array.from(rows, (row) => unpackSample(row, row.names, MACHINE));
}

function chunkOf(rows: readonly SampleRow[]): Chunk {
  return new Chunk(encodeChunk(tableOf(rows)));
}

const anySamples = fc.array(anySample, { minLength: 1, maxLength: 15 });

describe('a chunk', () => {
  it('gives back any samples as they were, and the lines that they were', () => {
    fc.assert(
      fc.property(anySamples, (samples) => {
        const rows = rowsOf(samples);
        const chunk = chunkOf(rows);
        expect(unpacked(chunk.samples())).toStrictEqual(unpacked(rows));
        const texts = new SampleTexts(MACHINE);
        const line = texts.ofChunk(chunk);
        const sealed = rows.map((_, row) => JSON.parse(line(row)) as unknown);
        expect(sealed).toEqual(rows.map((row) => JSON.parse(texts.ofRow(row)) as unknown));
        expect(sealed).toEqual(unpacked(rows));
      }),
      { numRuns: 300 },
    );
  });

  it('gives any part of them', () => {
    fc.assert(
      fc.property(anySamples, fc.nat(15), fc.nat(15), (samples, from, length) => {
        const rows = rowsOf(samples);
        const part = [...chunkOf(rows).samples(from, Math.min(from + length, rows.length))];
        expect(unpacked(part)).toStrictEqual(unpacked(rows.slice(from, from + length)));
      }),
      { numRuns: 100 },
    );
  });

  it('can be sealed again from what it gave', () => {
    fc.assert(
      fc.property(anySamples, (samples) => {
        const rows = rowsOf(samples);
        const again = chunkOf([...chunkOf(rows).samples()]);
        expect(unpacked(again.samples())).toStrictEqual(unpacked(rows));
      }),
      { numRuns: 100 },
    );
  });

  it('finds the first sample at or after a time', () => {
    const chunk = chunkOf(rowsOf([10, 20, 30].map((at) => ({ timestamp: at, fields: { a: at } }))));
    const rows = [0, 10_000, 10_001, 20_000, 30_000, 30_001].map((ms) => chunk.rowAt(ms));
    expect(rows).toEqual([0, 0, 1, 1, 2, 3]);
  });

  it('keeps numbers without a short decimal form apart from row to row', () => {
    const samples = [1 / 3, 2 / 3, 2 / 3, 1e300, 0, -0].map((value, at) => ({ timestamp: at, fields: { value } }));
    const chunk = chunkOf(rowsOf(samples));
    const line = new SampleTexts(MACHINE).ofChunk(chunk);
    const values = samples.map((_, row) => (JSON.parse(line(row)) as Sample).fields.value);
    expect(values).toStrictEqual([1 / 3, 2 / 3, 2 / 3, 1e300, 0, -0]);
  });

  it.each([
    ['none', [['', 'a'], [], ['', 'a']]],
    ['the one without a name', [['', 'a'], [''], ['a']]],
    ['one whose name holds the names of others', [['a', 'b'], ['a\0b'], ['a', 'b', 'a\0b'], ['a', 'b']]],
  ])('knows samples with all fields from those with %s', (_, shapes) => {
    const samples = shapes.map((names, at) => ({
      timestamp: at,
      fields: Object.fromEntries(names.map((name) => [name, at])),
    }));
    expect([...chunkOf(rowsOf(samples)).samples()].map(({ names }) => names)).toEqual(shapes);
    expect(unpacked(chunkOf(rowsOf(samples)).samples())).toEqual(samples);
  });
});
