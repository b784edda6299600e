import { expect, it } from 'vitest';
import { Clocks } from './clocks.ts';

const WEB = { tenant: 'acme', machine: 'web01' };

/** What is said of ticks that come in this order. */
function timesOf(ticks: readonly (readonly [seq: number, ms: number])[]): (number | undefined)[] {
  const clocks = new Clocks();
  return ticks.map(([seq, ms]) => clocks.timesSetBack(WEB, { run: 'r', seq, ms }));
}

it('a clock that goes on was never set back, whatever comes late', () => {
  const spool = [30, 6, 7, 8, 31, 9].map((seq) => [seq, seq * 10] as const);
  expect(timesOf(spool)).toEqual([0, 0, 0, 0, 0, 0]);
});

it('a tick is of the same time again when it comes again', () => {
  const ticks = [
    [1, 10],
    [2, 20],
    [3, 10],
    [4, 20],
    [5, 5],
    [1, 10],
    [4, 20],
    [5, 5],
    [6, 30],
  ] as const;
  expect(timesOf(ticks)).toEqual([0, 0, 1, 1, 2, 0, 1, 2, 2]);
});

it('a clock that stands still is given up', () => {
  const ticks = Array.from({ length: 20 }, (_, at) => [at + 1, 10] as const);
  expect(timesOf(ticks)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ...new Array(9).fill(undefined)]);
});

it('runs and machines have clocks of their own', () => {
  const clocks = new Clocks();
  clocks.timesSetBack(WEB, { run: 'r', seq: 1, ms: 10 });
  expect(clocks.timesSetBack(WEB, { run: 's', seq: 2, ms: 5 })).toBe(0);
  expect(clocks.timesSetBack({ ...WEB, machine: 'db01' }, { run: 'r', seq: 2, ms: 5 })).toBe(0);
  expect(clocks.timesSetBack(WEB, { run: 'r', seq: 2, ms: 5 })).toBe(1);
});
