import { expect, test } from 'vitest';
import { drawChart } from './chart.ts';

const ends: [string, string] = ['noon', 'night'];
const ascii = { width: 30, height: 5, isAscii: true };

test('a rising line goes from the lower left to the upper right, between its scale and its ends', () => {
  const values = Array.from({ length: 26 }, (_, at) => at * 4);
  expect(drawChart({ values, ends }, ascii)).toEqual([
    '100 |                      ***',
    '    |                ******',
    ' 50 |          ******',
    '    |    ******',
    '  0 |****',
    '     noon                night',
  ]);
});

test('every line fits into the width, and the last one names the ends', () => {
  for (const width of [20, 80, 200]) {
    const values = Array.from({ length: 333 }, (_, at) => Math.sin(at / 9) * 1e6);
    for (const isAscii of [true, false]) {
      const lines = drawChart({ values, ends }, { width, height: 8, isAscii });
      expect(lines).toHaveLength(9);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
      expect(lines.at(-1)).toMatch(/^ +noon +night$/);
    }
  }
});

test('braille has eight dots a character; a flat line is one row of them', () => {
  const values = Array(40).fill(5);
  const lines = drawChart({ values, ends }, { width: 30, height: 4, isAscii: false });
  expect(lines.filter((line) => /[⠀-⣿]/u.test(line))).toHaveLength(1);
  expect(lines.join('')).toMatch(/[⠀-⣿]{20}/u);
  expect(drawChart({ values, ends }, ascii).join('')).toMatch(/^[ -~]+$/);
});

test('where there is no value there is no dot', () => {
  const values = [...Array(10).fill(1), ...Array(10).fill(null), ...Array(10).fill(1)];
  const [line = ''] = drawChart({ values, ends }, { width: 35, height: 5, isAscii: true }).filter((one) =>
    one.includes('*'),
  );
  expect(line.replace(/^.*?\|/, '')).toMatch(/^\*{8,12} {8,12}\*{8,12}$/);
});

test('a steep line has no holes', () => {
  const values = [0, 0, 100, 100];
  const lines = drawChart({ values, ends }, { width: 12, height: 6, isAscii: true });
  for (const line of lines.slice(0, 6)) expect(line).toContain('*');
});

test('small changes far from zero are shown on a scale of their own, others from zero on', () => {
  expect(drawChart({ values: [1000, 1010], ends }, ascii)[4]).toMatch(/^ *1K \|/);
  expect(drawChart({ values: [400, 1000], ends }, ascii)[4]).toMatch(/^ *0 \|/);
  expect(drawChart({ values: [-5, 5], ends }, ascii)[4]).toMatch(/^ *-5 \|/);
});

test.each([[[]], [[null, null]]])('of %j there is no chart, and it says so', (values) => {
  expect(drawChart({ values, ends }, ascii)).toEqual(['(no values)']);
});
