import { expect } from 'vitest';
import { MOST_SERIES, type Series, type Store } from '../store.ts';
import { batch, DB, header, OTHERS, START, sample, type Test, WEB } from './fixtures.ts';

/** A multiple of every step that is asked for here. */
const BEGIN = Math.ceil(START / 3600) * 3600;
const INTERVAL = 10;
/** Of these the catalogue says how they count; the third in 32 bits. */
const [GAUGE, COUNTER, SHORT_COUNTER] = ['loadavg_1min', 'cpu_user', 'disk_sda_read_ms'];

type Values = Readonly<Record<string, readonly (number | string | null)[]>>;

/** Puts a sample in every ten seconds, with those fields that have a value. */
async function put(store: Store, values: Values): Promise<void> {
  const count = Math.max(...Object.values(values).map(({ length }) => length));
  const samples = Array.from({ length: count }, (_, at) => {
    const fields = Object.entries(values).flatMap(([name, all]) => {
      const value = all[at] ?? null;
      return value === null ? [] : [[name, value]];
    });
    return { ...sample(BEGIN + at * INTERVAL, Object.fromEntries(fields), 'r'), seq: at + 1 };
  });
  await store.append(batch(WEB, { headers: [header('r')], samples }));
}

/** Steps of a minute. */
async function minutes(store: Store, fields: readonly string[], count: number): Promise<Series[] | undefined> {
  const range = { from: BEGIN, to: BEGIN + 60 * count - INTERVAL, points: count };
  const found = await store.series({ ...WEB, fields, ...range });
  if (found)
    expect(found).toMatchObject({ step: 60, times: Array.from({ length: count }, (_, at) => BEGIN + 60 * at) });
  return found?.series.toSorted((a, b) => (a.field < b.field ? -1 : 1));
}

/** How fields went over time. */
export function series(test: Test): void {
  test('a gauge has the lowest, the mean and the highest of each step, and nothing where there was nothing', async (store) => {
    await put(store, { [GAUGE]: [1, 2, 3, 4, 5, 9, ...Array(6).fill(null), 0.25, null, null, 0.5, -0.75, null] });
    expect(await minutes(store, [GAUGE], 3)).toEqual([
      { field: GAUGE, kind: 'gauge', min: [1, null, -0.75], mean: [4, null, 0], max: [9, null, 0.5] },
    ]);
  });

  test("a counter's increase belongs to the step of the later sample, also over steps in which it was not there", async (store) => {
    const values = [10, 20, 30, 40, 50, 60, ...Array(6).fill(null), 180, 190, 200, 210, 220, 230];
    await put(store, { [COUNTER]: values });
    expect(await minutes(store, [COUNTER], 3)).toEqual([
      { field: COUNTER, kind: 'counter', increase: [50, null, 170], rate: [1, null, 170 / 120] },
    ]);
  });

  test('where a counter began anew nothing is made up: what is known on both sides counts', async (store) => {
    await put(store, { [COUNTER]: [1000, 1010, 1020, 5, 15, 25, 40, 50, 60, 70, 80, 90] });
    expect(await minutes(store, [COUNTER], 2)).toEqual([
      { field: COUNTER, kind: 'counter', increase: [40, 65], rate: [1, expect.closeTo(65 / 60, 6)] },
    ]);
  });

  test('a counter that began anew between two steps has no increase of that time', async (store) => {
    await put(store, { [COUNTER]: [10, 20, 30, 40, 50, 60, 6, null, null, null, null, null, 16] });
    expect(await minutes(store, [COUNTER], 3)).toEqual([
      { field: COUNTER, kind: 'counter', increase: [50, null, 10], rate: [1, null, expect.closeTo(10 / 60, 6)] },
    ]);
  });

  test('a counter of 32 bits that went through its end goes on', async (store) => {
    const end = 2 ** 32;
    await put(store, { [SHORT_COUNTER]: [end - 30, end - 20, end - 10, 0, 10, 20, 30, 40, 50, 60, 70, 80] });
    expect(await minutes(store, [SHORT_COUNTER], 2)).toMatchObject([{ increase: [50, 60] }]);
  });

  test('only what lies in the time counts, its ends included', async (store) => {
    await put(store, { [GAUGE]: [100, 1, 2, 3, 100, 100] });
    const found = await store.series({ ...WEB, fields: [GAUGE], from: BEGIN + 10, to: BEGIN + 30, points: 1 });
    expect(found?.series).toEqual([{ field: GAUGE, kind: 'gauge', min: [1], mean: [2], max: [3] }]);
    const after = await store.series({ ...WEB, fields: [GAUGE], from: BEGIN + 51, to: BEGIN + 59, points: 5 });
    expect(after?.series).toEqual([]);
  });

  test('times of a millisecond are told apart', async (store) => {
    const samples = [1, 2, 3].map((at) => sample(BEGIN + 0.069 + at / 1000, { [GAUGE]: at }));
    await store.append(batch(WEB, { samples }));
    const at = async (from: number, to: number) =>
      (await store.series({ ...WEB, fields: [GAUGE], from, to, points: 1 }))?.series;
    expect(await at(BEGIN + 0.07, BEGIN + 0.072)).toMatchObject([{ min: [1], max: [3] }]);
    expect(await at(BEGIN + 0.071, BEGIN + 0.071)).toMatchObject([{ min: [2], max: [2] }]);
  });

  test('there are never more points than were asked for, and the first holds the beginning', async (store) => {
    await put(store, { [GAUGE]: Array.from({ length: 60 }, (_, at) => at) });
    const asked = [
      [BEGIN + 59, BEGIN + 61, 1],
      [BEGIN + 1, BEGIN + 599, 7],
      [BEGIN + 0.5, BEGIN + 1.25, 1000],
      [BEGIN, BEGIN, 1],
      [BEGIN - 86_400, BEGIN + 86_399, 24],
      [BEGIN - 30 * 86_400, BEGIN + 1, 1000],
    ] as const;
    for (const [from, to, points] of asked) {
      const found = await store.series({ ...WEB, fields: [GAUGE], from, to, points });
      const { times = [], step = 0 } = found ?? {};
      expect(times.length).toBeGreaterThan(0);
      expect(times.length).toBeLessThanOrEqual(points);
      expect(times[0]).toBeLessThanOrEqual(from);
      expect((times[0] ?? 0) + step).toBeGreaterThan(from);
      expect((times.at(-1) ?? 0) + step).toBeGreaterThan(to);
      for (const one of found?.series ?? []) if (one.kind === 'gauge') expect(one.min).toHaveLength(times.length);
    }
  });

  test('stars stand for any part of a name; names that no field has are left out, texts too', async (store) => {
    const [one, two] = [[1], [2]];
    await put(store, { cpu0_user: one, cpu1_user: two, cpu0_idle: one, my_gauge: two, os: ['Debian'] });
    const named = async (...fields: string[]) => (await minutes(store, fields, 1))?.map(({ field }) => field);
    expect(await named('cpu*_user')).toEqual(['cpu0_user', 'cpu1_user']);
    expect(await named('cpu0_*', 'my_gauge')).toEqual(['cpu0_idle', 'cpu0_user', 'my_gauge']);
    expect(await named('*')).toEqual(['cpu0_idle', 'cpu0_user', 'cpu1_user', 'my_gauge']);
    expect(await named('cpu', 'none', 'cpu.*', 'os')).toEqual([]);
    expect(await named('cpu0_user', '*user')).toEqual(['cpu0_user', 'cpu1_user']);
  });

  test('a machine that is not there has no answer, one without samples then has no series', async (store) => {
    await put(store, { [GAUGE]: [1] });
    const range = { from: BEGIN, to: BEGIN + 60, points: 10 };
    expect(await store.series({ ...DB, fields: ['*'], ...range })).toBeUndefined();
    expect(await store.series({ ...OTHERS, fields: ['*'], ...range })).toBeUndefined();
    const early = await store.series({ ...WEB, fields: ['*'], from: BEGIN - 7200, to: BEGIN - 7140, points: 10 });
    expect(early?.series).toEqual([]);
  });

  test('more fields than may be asked for at once are refused', async (store) => {
    await put(store, Object.fromEntries(Array.from({ length: MOST_SERIES + 1 }, (_, at) => [`f${at}`, [at]])));
    await expect(minutes(store, ['f*'], 1)).rejects.toMatchObject({ name: 'StoreError', code: 'TOO_MANY' });
    expect(await minutes(store, ['f1*'], 1)).toHaveLength(111);
  });

  test('counters beyond 2^53 move by what they moved', async (store, { knowsWhatItHolds }) => {
    const large = (more: number) => String(2n ** 63n + BigInt(more));
    await put(store, { [COUNTER]: [0, 1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 66].map(large) });
    if (knowsWhatItHolds) expect(await minutes(store, [COUNTER], 2)).toMatchObject([{ increase: [15, 51] }]);
    else expect((await minutes(store, [COUNTER], 2))?.map(({ field }) => field)).toEqual([COUNTER]);
  });
}
