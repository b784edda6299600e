import type { Sample } from '@perfcollector/collection';
import { expect } from 'vitest';
import { StoreError } from '../store.ts';
import { batch, exported, header, START, sample, samplesFrom, type Test, timestamps, WEB } from './fixtures.ts';

/** What appending keeps, and what it tells of it. */
export function appending(test: Test): void {
  test('new samples count as stored, known ones as duplicates', async (store, { outcome }) => {
    const samples = samplesFrom(START, 3);
    expect(await store.append(batch(WEB, { samples }))).toEqual({ stored: 3, duplicates: 0 });
    const again = [...samples, sample(START + 3)];
    expect(await store.append(batch(WEB, { samples: again }))).toEqual(outcome(1, 3));
    expect(await timestamps(store, WEB)).toEqual([START, START + 1, START + 2, START + 3]);
  });

  test('what was stored first stays when other values come for the same time', async (store, {
    outcome,
    knowsWhatItHolds,
  }) => {
    await store.append(batch(WEB, { samples: [sample(START, { cpu_user: 1 })] }));
    const second = batch(WEB, { samples: [sample(START, { cpu_user: 2 })] });
    expect(await store.append(second)).toEqual(outcome(0, 1));
    const kept = knowsWhatItHolds ? 1 : expect.toBeOneOf([1, 2]);
    expect(await exported(store, WEB)).toEqual([sample(START, { cpu_user: kept })]);
  });

  test('fields that come later for the same time are added', async (store, { outcome, knowsWhatItHolds }) => {
    await store.append(batch(WEB, { samples: [sample(START, { cpu_user: 1, cpu_nice: 0 })] }));
    const second = batch(WEB, { samples: [sample(START, { cpu_user: 9, mem_free: 5 })] });
    expect(await store.append(second)).toEqual({ stored: 1, duplicates: 0 });
    expect(await store.append(second)).toEqual(outcome(0, 1));
    const kept = knowsWhatItHolds ? 1 : expect.toBeOneOf([1, 9]);
    expect(await exported(store, WEB)).toEqual([sample(START, { cpu_user: kept, cpu_nice: 0, mem_free: 5 })]);
    expect(await store.machine(WEB)).toMatchObject({ samples: 1 });
  });

  test('the ticks of one run are samples of their own, though its clock was set back and gave them one time', async (store, {
    outcome,
  }) => {
    const tick = (seq: number, timestamp: number) => ({ ...sample(timestamp, { cpu_user: seq }, 'r1'), seq });
    const before = [1, 2, 3].map((seq) => tick(seq, START + seq / 1000));
    const after = [4, 5, 6].map((seq) => tick(seq, START + (seq - 3) / 1000));
    expect(await store.append(batch(WEB, { samples: before }))).toEqual({ stored: 3, duplicates: 0 });
    expect(await store.append(batch(WEB, { samples: after }))).toEqual({ stored: 3, duplicates: 0 });
    expect(await store.append(batch(WEB, { samples: [...after, ...before] }))).toEqual(outcome(0, 6));
    const kept = await exported(store, WEB);
    expect(kept).toHaveLength(6);
    expect(kept).toEqual(expect.arrayContaining([...before, ...after]));
    expect(await store.completeness(WEB, {})).toMatchObject({ total: { received: 6, missing_samples: 0 } });
    const foreign = sample(START + 0.004, { cpu_user: 9 });
    expect(await store.append(batch(WEB, { samples: [foreign] }))).toEqual({ stored: 1, duplicates: 0 });
    expect(await store.append(batch(WEB, { samples: [foreign] }))).toEqual(outcome(0, 1));
  });

  test('two parts of one sample in one batch become one sample', async (store) => {
    await store.append(batch(WEB, { samples: [sample(START, { cpu_user: 1 }), sample(START, { mem_free: 2 })] }));
    expect(await exported(store, WEB)).toEqual([sample(START, { cpu_user: 1, mem_free: 2 })]);
  });

  test('times are told apart by the millisecond', async (store) => {
    const samples = [sample(START), sample(START + 0.001), sample(START + 0.0012)];
    expect(await store.append(batch(WEB, { samples }))).toEqual({ stored: 2, duplicates: 1 });
    expect(await timestamps(store, WEB)).toEqual([START, START + 0.001]);
  });

  test('values come back as they went in', async (store) => {
    const fields = {
      above_2_53: '18446744073709551615',
      loadavg_1min: 0.07,
      negative: -3,
      zero: 0,
      largest: Number.MAX_SAFE_INTEGER,
      label: 'Intel® "Xeon" \\ \u0000 \n 😀 \ud800',
      ['__proto__']: 1,
      constructor: 'x',
    };
    await store.append(batch(WEB, { samples: [sample(START, fields)] }));
    const [back] = (await exported(store, WEB)) as Sample[];
    expect(Object.entries(back?.fields ?? {})).toEqual(Object.entries(fields));
  });

  test('members that a newer version added survive, also where fields are added', async (store) => {
    const newer = { ...sample(START, { a: 1 }, 'run-1'), seq: 7, colour: { deep: ['red'] } };
    await store.append(batch(WEB, { samples: [newer] }));
    await store.append(batch(WEB, { samples: [sample(START, { b: 2 })] }));
    expect(await exported(store, WEB)).toEqual([{ ...newer, fields: { a: 1, b: 2 } }]);
  });

  test('a batch of which one part cannot be stored leaves nothing', async (store) => {
    await store.append(batch(WEB, { samples: [sample(START)] }));
    const half = batch(WEB, { headers: [header('r')], samples: [sample(START + 1), sample(Number.NaN)] });
    await expect(store.append(half)).rejects.toThrow(StoreError);
    expect(await timestamps(store, WEB)).toEqual([START]);
    expect(await store.machine(WEB)).toMatchObject({ samples: 1, runs: 0 });
  });

  test('two runs of one machine at one moment are never mixed into one sample', async (store, {
    outcome,
    knowsWhatItHolds,
  }) => {
    const first = sample(START, { a: 1 }, 'run-1');
    await store.append(batch(WEB, { samples: [first] }));
    const second = sample(START, { b: 2 }, 'run-2');
    expect(await store.append(batch(WEB, { samples: [second] }))).toEqual(outcome(0, 1));
    expect(await exported(store, WEB)).toEqual(knowsWhatItHolds ? [first] : [first, second]);
  });
}
