import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantileOf } from './quantile.ts';
import { RELATIVE_ERROR, Sketch } from './sketch.ts';
import { Budget, MetricValues } from './values.ts';

const PROBABILITIES = [0, 0.25, 0.5, 0.9, 0.975, 0.99, 1];
const numbers = fc.oneof(
  fc.double({ min: -1e12, max: 1e12, noNaN: true }),
  fc.integer({ min: -3, max: 3 }),
  fc.double({ min: 0, max: 1, noNaN: true }),
);

function gathered(values: readonly number[], budget: number): MetricValues {
  const kept = new MetricValues(new Budget(budget));
  for (const value of values) kept.add(value);
  return kept;
}

describe('quantiles', () => {
  test.each([
    [[1, 2, 3, 4], 0.5, 2.5],
    [[1, 2, 3, 4], 0.9, 3.7],
    [[5], 0.99, 5],
    [[1, 1e300], 0.5, 5e299],
    [[-2, -1, 0, 10], 0.25, -1.25],
  ])('of %j at %d are as R works them out: %d', (values, probability, want) => {
    expect(quantileOf(Float64Array.from(values), probability)).toBe(want);
  });

  test('are exact, however many kinds of values there are, while there is room', () => {
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 1, maxLength: 2000 }), (values) => {
        const kept = gathered(values, 1e6);
        const sorted = Float64Array.from(values).sort();
        expect(kept.quantiles(PROBABILITIES)).toEqual(PROBABILITIES.map((at) => quantileOf(sorted, at)));
        expect(kept.isApproximate).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  test('of few kinds of values are exact without any room', () => {
    const values = Array.from({ length: 100_000 }, (_, at) => at % 200);
    const kept = gathered(values, 0);
    expect(kept.isApproximate).toBe(false);
    expect(kept.quantiles([0, 0.5, 1])).toEqual([0, 99.5, 199]);
  });

  test('without room for all values are within the error that is told', () => {
    const many = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 300, maxLength: 3000 });
    fc.assert(
      fc.property(many, (values) => {
        const sorted = Float64Array.from(values).sort();
        const kept = gathered(values, 0);
        expect(kept.isApproximate).toBe(new Set(values).size > 256);
        for (const [at, value] of kept.quantiles(PROBABILITIES).entries()) {
          const place = (values.length - 1) * (PROBABILITIES[at] as number);
          const [low, high] = [sorted[Math.floor(place)] as number, sorted[Math.ceil(place)] as number];
          const slack = 1.001 * RELATIVE_ERROR * Math.max(Math.abs(low), Math.abs(high)) + 1e-9;
          expect(value).toBeGreaterThanOrEqual(low - slack);
          expect(value).toBeLessThanOrEqual(high + slack);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('what runs out of room on the way loses nothing', () => {
    const values = Array.from({ length: 50_000 }, (_, at) => at + 1);
    const kept = gathered(values, 8192);
    expect(kept.isApproximate).toBe(true);
    const [middle = 0, high = 0] = kept.quantiles([0.5, 0.99]);
    expect(Math.abs(middle / 25_000.5 - 1)).toBeLessThan(RELATIVE_ERROR * 1.001);
    expect(Math.abs(high / 49_500.01 - 1)).toBeLessThan(RELATIVE_ERROR * 1.001);
  });

  test('room that a metric needs no more is for the others', () => {
    const budget = new Budget(4096);
    const [first, second] = [new MetricValues(budget), new MetricValues(budget)];
    for (let at = 0; at < 1000; at += 1) first.add(at);
    first.release();
    for (let at = 0; at < 1000; at += 1) second.add(at);
    expect(second.isApproximate).toBe(false);
  });
});

test('a sketch holds zeros and both signs', () => {
  const sketch = new Sketch();
  sketch.add(-100);
  sketch.add(0, 2);
  sketch.add(100);
  const [least, low, high, most] = sketch.quantiles([0, 0.34, 0.66, 1]);
  expect([low, high]).toEqual([0, 0]);
  expect(Math.abs((least as number) + 100)).toBeLessThan(0.2001);
  expect(Math.abs((most as number) - 100)).toBeLessThan(0.2001);
});
