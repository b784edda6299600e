import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawChanges } from './draw.ts';
import type { Line } from './table.ts';

const COLUMNS = 40;

/** Does to a screen of text what the control sequences say. */
function apply(screen: string[][], text: string): void {
  let [row, column] = [0, 0];
  for (const [, control, character] of text.matchAll(/\u001b\[([\d;]*[A-Za-z])|(.)/gsu)) {
    if (control?.endsWith('H'))
      [row = 0, column = 0] = control
        .slice(0, -1)
        .split(';')
        .map((at) => Number(at) - 1);
    else if (control === 'K') screen[row] = (screen[row] ?? []).slice(0, column);
    else if (control === undefined) {
      const line = screen[row] ?? [];
      screen[row] = line;
      while (line.length < column) line.push(' ');
      line[column] = character ?? '';
      column += 1;
    }
  }
}

const shown = (screen: string[][]) => screen.map((line) => line.join('').trimEnd());

const text = fc
  .string({ unit: fc.constantFrom('a', 'b', '7', ' ', 'ö'), maxLength: COLUMNS })
  .map((one) => one.trimEnd());
const line = fc
  .record({ text, isHeading: fc.boolean() })
  .map((one): Line => (one.isHeading ? { text: one.text, isHeading: true } : { text: one.text }));
const frames = fc.array(fc.array(line, { maxLength: 6 }), { minLength: 1, maxLength: 5 });

describe('drawing', () => {
  test('whatever was shown before, the screen shows the frame', () => {
    fc.assert(
      fc.property(frames, (all) => {
        const screen: string[][] = Array.from({ length: 6 }, () => []);
        let before: Line[] = [];
        for (const now of all) {
          apply(screen, drawChanges(before, now, COLUMNS));
          before = now;
          expect(shown(screen)).toEqual(Array.from({ length: 6 }, (_, at) => now[at]?.text ?? ''));
        }
      }),
    );
  });

  test('sends what has changed and no more', () => {
    const before = [{ text: 'HEAD', isHeading: true as const }, { text: `cpu0  12.3${' '.repeat(20)}4.5` }];
    const now = [{ text: 'HEAD', isHeading: true as const }, { text: `cpu0  12.9${' '.repeat(20)}7.5` }];
    expect(drawChanges(before, now, COLUMNS)).toBe('\u001b[2;10H9\u001b[2;31H7');
    expect(drawChanges(now, now, COLUMNS)).toBe('');
  });
});
