import type { contract } from '@perfcollector/api';
import { expect, test } from 'vitest';
import { gapsOf } from './gaps.ts';

/** A run of samples ten seconds apart from `start`, that has those of `seqs` out of `last`. */
function run(name: string, start: number, { last, missing = [] }: { last: number; missing?: [number, number][] }) {
  const at = (seq: number) => start + 10 * seq;
  const isMissing = (seq: number) => missing.some(([from, to]) => seq >= from && seq <= to);
  const first = Array.from({ length: last }, (_, index) => index + 1).find((seq) => !isMissing(seq)) ?? 1;
  return {
    ...{ run: name, interval: 10, started: start, agent: null, duplicates: 0, expected: last, received: last },
    ...{ missing_samples: 0, missing_ranges: missing.length, missed_by_agent: null, dropped_by_agent: null },
    first: { seq: first, timestamp: at(first) },
    last: { seq: last, timestamp: at(last) },
    missing: missing.map(([from, to]) => ({ from, to, from_time: at(from), to_time: at(to) })),
  } satisfies contract.RunCompleteness;
}

test('a run of which nothing is missing has no gaps', () => {
  expect(gapsOf([run('a', 0, { last: 100 })])).toEqual([]);
  expect(gapsOf([])).toEqual([]);
});

test('what is missing in a run lies between the samples around it', () => {
  const gaps = gapsOf([run('a', 0, { last: 100, missing: [[5, 5], [20, 29]] })]); // biome-ignore format: a list
  expect(gaps).toEqual([
    { from: 40, to: 60, where: 'in a run', samples: 1 },
    { from: 190, to: 300, where: 'in a run', samples: 10 },
  ]);
});

test('between two runs there is a gap where more than a tick lies between them', () => {
  const before = run('a', 0, { last: 10 });
  expect(gapsOf([before, run('b', 1000, { last: 5 })])).toEqual([
    { from: 100, to: 1010, where: 'between runs', samples: 90 },
  ]);
  expect(gapsOf([before, run('b', 104, { last: 5 })])).toEqual([]);
});

test('what another run has samples of is no gap', () => {
  const holed = run('a', 0, { last: 100, missing: [[20, 39]] });
  expect(gapsOf([holed, run('b', 150, { last: 30 })])).toEqual([]);
  expect(gapsOf([run('b', 250, { last: 30 }), holed])).toEqual([
    { from: 190, to: 260, where: 'between runs', samples: 6 },
  ]);
});

test('a run inside another one ends no gap and begins none', () => {
  const gaps = gapsOf([run('a', 0, { last: 100 }), run('b', 300, { last: 5 }), run('c', 2000, { last: 5 })]);
  expect(gaps).toEqual([{ from: 1000, to: 2010, where: 'between runs', samples: 100 }]);
});

test('what is missing before the first sample that arrived is a gap of that run', () => {
  expect(gapsOf([run('a', 0, { last: 50, missing: [[1, 9]] })])).toEqual([
    { from: 0, to: 100, where: 'in a run', samples: 9 },
  ]);
});

test('a range whose time is not known makes no gap, and a run without samples neither', () => {
  const a = run('a', 0, { last: 50, missing: [[10, 12]] });
  const timeless = { ...a, missing: a.missing.map((range) => ({ ...range, from_time: null, to_time: null })) };
  expect(gapsOf([timeless, { ...run('b', 0, { last: 5 }), first: null, last: null }])).toEqual([]);
});
