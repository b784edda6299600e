import { expect, test } from 'vitest';
import { type Controls, keyHelp, press } from './controls.ts';

const start: Controls = { interval: 2000, sort: 'cpu', isPaused: false, isOver: false };

test.each([
  ['q', { isOver: true }],
  ['\u0003', { isOver: true }],
  [' ', { isPaused: true }],
  ['  ', { isPaused: false }],
  ['m', { sort: 'memory' }],
  ['mp', { sort: 'cpu' }],
  ['+', { interval: 5000 }],
  ['-', { interval: 1000 }],
  ['++++++++++', { interval: 60_000 }],
  ['----------', { interval: 250 }],
  ['xQ\r', {}],
])('the keys %j change %j', (keys, change) => {
  expect([...keys].reduce(press, start)).toEqual({ ...start, ...change });
});

test('an interval between the steps goes to the next one', () => {
  expect(press({ ...start, interval: 3000 }, '+').interval).toBe(5000);
  expect(press({ ...start, interval: 100 }, '-').interval).toBe(100);
});

test('the help says what is on', () => {
  expect(keyHelp(start)).toBe('q ends  space pauses  +/- interval 2s  processes by p [CPU] m memory');
  expect(keyHelp({ ...start, isPaused: true, sort: 'memory' })).toMatch(/PAUSED.*m \[memory\]$/);
});
