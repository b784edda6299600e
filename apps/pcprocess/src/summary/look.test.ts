import { describe, expect, test } from 'vitest';
import { Course } from './course.ts';
import { isUnicodeLocale, sparkline } from './sparkline.ts';
import { compact } from './summary-table.ts';

describe('a course', () => {
  const of = (points: readonly (readonly [number, number])[]) => {
    const course = new Course();
    for (const [time, value] of points) course.add(time, value);
    return course;
  };

  test('is means over stretches of equal time, however long it takes', () => {
    const points = Array.from({ length: 100_000 }, (_, at) => [1.7e9 + 10 * at, at] as const);
    const means = of(points).means(4) as number[];
    expect(means).toHaveLength(4);
    for (const [at, mean] of means.entries()) expect(Math.abs(mean - (at + 0.5) * 25_000)).toBeLessThan(1000);
  });

  test('has no value where there was none for long', () => {
    const points = [0, 1, 2, 3, 4, 40, 41, 42, 43, 44].map((time) => [time, 1] as const);
    const means = of(points).means(7);
    expect(means[0]).toBe(1);
    expect(means[3]).toBeNull();
    expect(means.at(-1)).toBe(1);
  });

  test('of values at regular distances has no hole', () => {
    for (const count of [2, 3, 10, 30, 129, 300]) {
      const points = Array.from({ length: count }, (_, at) => [at * 0.1, at] as const);
      expect(of(points).means(32)).not.toContain(null);
    }
  });

  test('of one value is that', () => {
    expect(of([[5, 7]]).means(32)).toEqual([7]);
    expect(new Course().means(32)).toEqual([]);
  });
});

describe('a sparkline', () => {
  test.each([
    [[1, 2, 3, 4, 5, 6, 7, 8], '▁▂▃▄▅▆▇█', '_.-~=+*#'],
    [[5, 5, 5], '▁▁▁', '___'],
    [[0, null, 10], '▁ █', '_ #'],
    [[-1, 1], '▁█', '_#'],
    [[], '', ''],
    [[null], ' ', ' '],
  ])('of %j is %s', (values, unicode, ascii) => {
    expect(sparkline(values, true)).toBe(unicode);
    expect(sparkline(values, false)).toBe(ascii);
  });

  test.each([
    [{ LANG: 'de_DE.UTF-8' }, true],
    [{ LANG: 'C.utf8' }, true],
    [{ LANG: 'C' }, false],
    [{}, false],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, false],
    [{ LANG: 'C', LC_CTYPE: 'en_US.UTF-8' }, true],
    [{ LANG: 'en_US.UTF-8', LC_ALL: '' }, true],
  ])('is of blocks where the locale is UTF-8: %j', (env, want) => {
    expect(isUnicodeLocale(env)).toBe(want);
  });
});

test.each([
  [null, '-'],
  [0, '0'],
  [1, '1'],
  [-1, '-1'],
  [12.3456, '12.35'],
  [0.0996, '0.0996'],
  [1000, '1k'],
  [999.99, '1000'],
  [1234.5, '1.234k'],
  [16_384_256, '16.38M'],
  [2 ** 60, '1.153E'],
  [1e25, '10000000E'],
  [1e-7, '1.0e-7'],
])('%d is written as %s', (value, want) => {
  expect(compact(value)).toBe(want);
});
