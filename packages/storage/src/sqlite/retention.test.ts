import { describe, expect, it } from 'vitest';
import type { MachineRef } from '../store.ts';
import { batch, event, exported, header, sample, timestamps } from '../test-contract/fixtures.ts';
import { sharedStore } from './test-shared-store.ts';

const shared = sharedStore();

const HOUR = 3600;
/** The beginning of this hour; days are counted back from it. */
const NOW = Math.floor(Date.now() / 1000 / HOUR) * HOUR;
const DAY = 24 * HOUR;

/** A sample every ten minutes, of so many hours. */
function hourly(first: number, hours: number, filler = '') {
  return Array.from({ length: hours * 6 }, (_, at) =>
    sample(first + at * 600, { loadavg_1min: at, filler: filler && `${filler}${first}${at}` }),
  );
}

const resolutionsOf = ({ machine }: MachineRef) =>
  shared
    .rows(
      `SELECT resolution, count(*) AS n FROM rollup WHERE machine = (SELECT id FROM machine WHERE name = '${machine}') GROUP BY resolution`,
    )
    .map(({ resolution, n }) => [resolution, n]);

/** A machine with five hours of ten days ago and of two days ago, and some of now that wait; sealed as far as it is over. */
async function machineOfThreeDays(): Promise<MachineRef> {
  const ref = shared.newMachine();
  const old = Math.floor((NOW - 10 * DAY) / DAY) * DAY;
  const events = [event(old + 5, 'old mark'), event(NOW, 'mark')];
  const samples = [...hourly(old, 5), ...hourly(NOW - 2 * DAY, 5)];
  await shared.store.append(batch(ref, { headers: [header('r', old)], events, samples }));
  await shared.store.maintenance.seal();
  await shared.store.append(batch(ref, { samples: hourly(NOW, 1) }));
  return ref;
}

describe('pruning', () => {
  it('deletes raw samples by their age, sealed or not, and counts what stays', async () => {
    const { store } = shared;
    const ref = await machineOfThreeDays();
    const before = await store.machine(ref);
    expect(before?.samples).toBe(66);
    const waitsLong = sample(NOW - 30 * DAY);
    await store.append(batch(ref, { samples: [waitsLong] }));
    expect(await store.maintenance.prune({ raw: 5 * DAY })).toMatchObject({ samples: 31, rollups: 0 });
    expect(await store.machine(ref)).toMatchObject({ samples: 36, first: NOW - 2 * DAY, last: before?.last });
    const left = [...hourly(NOW - 2 * DAY, 5), ...hourly(NOW, 1)].map(({ timestamp }) => timestamp);
    expect(await timestamps(store, ref)).toEqual([...left, NOW].sort((a, b) => a - b));
    expect(await store.maintenance.verify()).toMatchObject({ problems: [] });
    expect(await store.maintenance.prune({ raw: 5 * DAY })).toMatchObject({ samples: 0 });
    await store.deleteMachine(ref);
  });

  it('leaves roll-ups their own ages; series of then go on being told', async () => {
    const { store } = shared;
    const ref = await machineOfThreeDays();
    expect(resolutionsOf(ref).filter(([seconds]) => seconds !== 60).length).toBe(2);
    const day = Math.floor((NOW - 10 * DAY) / DAY) * DAY;
    const ask = async () =>
      (await store.series({ ...ref, fields: ['loadavg_1min'], from: day, to: day + DAY - 0.001, points: 24 }))?.series;
    const before = await ask();
    expect(before).toMatchObject([{ max: expect.arrayContaining([5, 11, 17, 23, 29]) }]);
    expect(await store.maintenance.prune({ raw: DAY, rollups: { '1m': 5 * DAY, '5m': 5 * DAY } })).toMatchObject({
      samples: 60,
      rollups: 6,
    });
    expect(await ask()).toEqual(before);
    expect(await store.maintenance.prune({ rollups: { '1h': 5 * DAY } })).toMatchObject({ samples: 0, rollups: 1 });
    expect(await ask()).toEqual([]);
    await store.deleteMachine(ref);
  });

  it('nothing is deleted where nothing is said', async () => {
    const { store } = shared;
    const ref = await machineOfThreeDays();
    const before = await exported(store, ref);
    expect(await store.maintenance.prune({})).toMatchObject({ samples: 0, rollups: 0 });
    expect(await exported(store, ref)).toEqual(before);
    await store.deleteMachine(ref);
  });

  it('by size it deletes the oldest of all machines, and no more than it must', async () => {
    const { store } = shared;
    const refs = [shared.newMachine(), shared.newMachine()];
    // Texts that do not pack: each hour is a chunk of some size.
    const noise = () => Array.from({ length: 4000 }, () => Math.random().toString(36).slice(2, 8)).join('');
    const hours = 60;
    for (const ref of refs)
      for (let hour = 0; hour < hours; hour += 1)
        await store.append(batch(ref, { samples: [sample(NOW - (hours - hour) * HOUR, { noise: noise() })] }));
    await store.maintenance.seal();
    const used = () =>
      shared.rows(
        'SELECT (page_count - freelist_count) * page_size AS n FROM pragma_page_count, pragma_freelist_count, pragma_page_size',
      )[0]?.n as number;
    const bytes = Math.floor(used() * 0.6);
    const pruned = await store.maintenance.prune({ bytes });
    expect(used()).toBeLessThanOrEqual(bytes);
    expect(pruned.bytes_after).toBeLessThan(pruned.bytes_before);
    expect(pruned.samples).toBeGreaterThan(0);
    expect(pruned.samples).toBeLessThan(2 * hours);
    const left = await Promise.all(refs.map((ref) => timestamps(store, ref)));
    expect(left.flat()).toHaveLength(2 * hours - pruned.samples);
    expect(await Promise.all(refs.map(async (ref) => (await store.machine(ref))?.samples))).toEqual(
      left.map(({ length }) => length),
    );
    for (const times of left) expect(times.at(-1)).toBe(NOW - HOUR);
    expect(Math.abs((left[0]?.[0] ?? 0) - (left[1]?.[0] ?? 0))).toBeLessThanOrEqual(HOUR);
    expect(await store.maintenance.verify()).toMatchObject({ problems: [] });
    for (const ref of refs) await store.deleteMachine(ref);
  });
});
