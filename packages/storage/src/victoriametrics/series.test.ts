import { hasVictoriaMetrics, startVictoriaMetrics, type VictoriaMetrics } from '@perfcollector/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MachineRef, Store } from '../store.ts';
import { batch, header, START, sample } from '../test-contract/fixtures.ts';
import { openVisible } from './test-visible-store.ts';

let engine: VictoriaMetrics;
let store: Store;
let machines = 0;
beforeAll(async () => {
  engine = await startVictoriaMetrics();
  store = openVisible(engine);
});
afterAll(async () => {
  await store.close();
  await engine[Symbol.asyncDispose]();
});

function newMachine(): MachineRef {
  machines += 1;
  return { tenant: 'acme', machine: `m${machines}` };
}

/** A multiple of every step that the tests ask for. */
const BEGIN = Math.ceil(START / 3600) * 3600;

/** A value every ten seconds. */
async function seriesOf(field: string, values: readonly (number | null)[], runs: (at: number) => string = () => 'r') {
  const ref = newMachine();
  const samples = values.flatMap((value, at) =>
    value === null ? [] : [sample(BEGIN + at * 10, { [field]: value }, runs(at))],
  );
  await store.append(batch(ref, { samples, headers: [header('r')] }));
  return async (more: { from?: number; to?: number; points?: number } = {}) => {
    const range = { from: BEGIN, to: BEGIN + values.length * 10 - 1, points: Math.ceil(values.length / 6), ...more };
    return store.series({ ...ref, fields: [field], ...range });
  };
}

describe.skipIf(!hasVictoriaMetrics)('series', () => {
  it('a gauge has its extremes and its mean, a step without a value nothing', async () => {
    const values = [1, 2, 3, 4, 5, 9, null, null, null, null, null, null, 0.25, 0.5, null, null, null, null];
    const ask = await seriesOf('loadavg_1min', values);
    expect(await ask()).toEqual({
      step: 60,
      resolution: 'raw',
      times: [BEGIN, BEGIN + 60, BEGIN + 120],
      series: [
        { field: 'loadavg_1min', kind: 'gauge', min: [1, null, 0.25], mean: [4, null, 0.375], max: [9, null, 0.5] },
      ],
    });
  });

  it('only what lies between from and to counts, both included', async () => {
    const ask = await seriesOf('loadavg_1min', [100, 1, 2, 3, 100, 100]);
    const reply = await ask({ from: BEGIN + 10, to: BEGIN + 30, points: 1 });
    expect(reply?.series).toMatchObject([{ min: [1], mean: [2], max: [3] }]);
  });

  it("a counter's increase belongs to the step of the later sample", async () => {
    const ask = await seriesOf(
      'cpu_user',
      Array.from({ length: 18 }, (_, at) => 1000 + at * 5),
    );
    const [series] = (await ask())?.series ?? [];
    expect(series).toEqual({ field: 'cpu_user', kind: 'counter', increase: [25, 30, 30], rate: [0.5, 0.5, 0.5] });
  });

  it('a counter goes on through a new run of the agent, and over a gap', async () => {
    const values = [10, 20, 30, 40, 50, 60, null, null, null, null, null, null, 180, 190, 200, 210, 220, 230];
    const ask = await seriesOf('cpu_user', values, (at) => (at < 4 ? 'a' : 'b'));
    const [series] = (await ask())?.series ?? [];
    expect(series).toEqual({
      field: 'cpu_user',
      kind: 'counter',
      increase: [50, null, 170],
      rate: [1, null, 170 / 120],
    });
  });

  it('of two runs at one time a counter is counted once', async () => {
    const ask = await seriesOf('cpu_user', [10, 11, 20, 21, 30, 31, 40, 41, 50, 51, 60, 61], (at) => `run-${at % 2}`);
    const [series] = (await ask())?.series ?? [];
    const increases = series?.kind === 'counter' ? series.increase : [];
    const total = increases.reduce<number>((sum, one) => sum + (one ?? 0), 0);
    expect(total).toBeGreaterThanOrEqual(50);
    expect(total).toBeLessThanOrEqual(51);
  });

  it('any counter that falls and any steps give what looking at each sample gives', async () => {
    const value = fc.oneof({ weight: 8, arbitrary: fc.nat(1000) }, { weight: 1, arbitrary: fc.constant(null) });
    const moves = fc.array(value, { minLength: 2, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(moves, fc.integer({ min: 1, max: 20 }), async (values, points) => {
        const ask = await seriesOf('disk_sda_reads', values);
        const reply = await ask({ points });
        const expected = slowly(values, reply?.step ?? 0, reply?.times.length ?? 0);
        if (values.every((one) => one === null)) expect(reply?.series ?? []).toEqual([]);
        else expect(reply?.series).toEqual([{ field: 'disk_sda_reads', kind: 'counter', ...expected }]);
        expect(reply?.times.length ?? 0).toBeLessThanOrEqual(points);
      }),
      { numRuns: 40 },
    );
  });

  it('a text has no series, and neither has a field that is not there; a machine that is not there has no answer', async () => {
    const ref = newMachine();
    await store.append(batch(ref, { samples: [sample(BEGIN, { os: 'Debian' })] }));
    const range = { from: BEGIN, to: BEGIN + 60, points: 10 };
    expect((await store.series({ ...ref, fields: ['os', 'none'], ...range }))?.series).toEqual([]);
    expect(await store.series({ ...newMachine(), fields: ['*'], ...range })).toBeUndefined();
  });

  it('more fields than may be asked for are refused', async () => {
    const ref = newMachine();
    const fields = Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`f${at}`, at]));
    await store.append(batch(ref, { samples: [sample(BEGIN, fields)] }));
    const range = { from: BEGIN, to: BEGIN + 60, points: 10 };
    await expect(store.series({ ...ref, fields: ['f*'], ...range })).rejects.toMatchObject({ code: 'TOO_MANY' });
    expect((await store.series({ ...ref, fields: ['f1*'], ...range }))?.series).toHaveLength(111);
  });
});

/** The same by looking at each sample. */
function slowly(values: readonly (number | null)[], step: number, count: number) {
  const first = Math.floor(BEGIN / step);
  const [increase, seconds] = [new Array<number>(count).fill(0), new Array<number>(count).fill(0)];
  let before: { value: number; time: number } | undefined;
  for (const [at, value] of values.entries()) {
    if (value === null) continue;
    const time = BEGIN + at * 10;
    const index = Math.floor(time / step) - first;
    if (before && value >= before.value) {
      increase[index] = (increase[index] ?? 0) + value - before.value;
      seconds[index] = (seconds[index] ?? 0) + time - before.time;
    }
    before = { value, time };
  }
  const known = (value: (at: number) => number) => seconds.map((one, at) => (one > 0 ? value(at) : null));
  return {
    increase: known((at) => increase[at] ?? 0),
    rate: known((at) => expect.closeTo((increase[at] ?? 0) / (seconds[at] ?? 1), 6) as unknown as number),
  };
}
