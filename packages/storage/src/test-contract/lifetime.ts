import { expect } from 'vitest';
import {
  batch,
  DB,
  event,
  exported,
  header,
  START,
  sample,
  samplesFrom,
  type Test,
  timestamps,
  WEB,
} from './fixtures.ts';

/** Many callers at once, closing and opening again. */
export function lifetime(test: Test): void {
  test('of many appends at once each is stored', async (store) => {
    const machines = Array.from({ length: 5 }, (_, at) => ({ tenant: 'acme', machine: `m${at}` }));
    const appends = machines.flatMap((ref) =>
      samplesFrom(START, 100).map((one) => store.append(batch(ref, { samples: [one] }))),
    );
    const results = await Promise.all(appends);
    expect(results).toEqual(Array(500).fill({ stored: 1, duplicates: 0 }));
    for (const ref of machines) expect(await exported(store, ref)).toEqual(samplesFrom(START, 100));
    expect(await store.totals('acme')).toMatchObject({ machines: 5, samples: 500 });
  });

  test('an empty store is ready, and that leaves nothing behind', async (store) => {
    await store.ready();
    expect(await store.stats()).toMatchObject({ machines: 0, samples: 0 });
  });

  test('the same sample sent many times at once is stored once', async (store, { outcome }) => {
    const append = () => store.append(batch(WEB, { samples: [sample(START)] }));
    const results = await Promise.all(Array.from({ length: 50 }, append));
    const sum = results.reduce((a, b) => ({ stored: a.stored + b.stored, duplicates: a.duplicates + b.duplicates }));
    expect(sum).toEqual(outcome(1, 49));
    expect(await timestamps(store, WEB)).toEqual([START]);
  });

  test('an append that fails takes none of its neighbours with it', async (store) => {
    const good = (at: number) => store.append(batch(WEB, { samples: [sample(START + at)] }));
    const bad = store.append(batch(DB, { samples: [sample(Number.NaN)] }));
    const results = await Promise.allSettled([good(0), bad, good(1)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await timestamps(store, WEB)).toEqual([START, START + 1]);
    expect(await store.machine(DB)).toBeUndefined();
  });

  test('an export that runs while samples arrive gives every earlier one once', async (store) => {
    const before = samplesFrom(START, 1000);
    await store.append(batch(WEB, { samples: before }));
    const late = samplesFrom(START + 0.5, 1000);
    const arriving = Promise.all(late.map((one) => store.append(batch(WEB, { samples: [one] }))));
    const got = await timestamps(store, WEB);
    await arriving;
    expect(got).toEqual([...new Set(got)].sort((a, b) => a - b));
    expect(before.filter(({ timestamp }) => !got.includes(timestamp))).toEqual([]);
  });

  test('everything is there after closing and opening again', async (store, { reopen, outcome }) => {
    const samples = samplesFrom(START, 250, 'a');
    await store.append(batch(WEB, { headers: [header('a')], samples, events: [event(START, 'mark')] }));
    const [lines, summary] = [await exported(store, WEB), await store.machine(WEB)];
    const again = await reopen();
    expect(lines).toHaveLength(252);
    expect(await exported(again, WEB)).toEqual(lines);
    expect(await again.machine(WEB)).toEqual(summary);
    expect(await again.append(batch(WEB, { samples }))).toEqual(outcome(0, 250));
  });

  test('what was asked before closing is done, what is asked after it is refused', async (store, { reopen }) => {
    const pending = samplesFrom(START, 20).map((one) => store.append(batch(WEB, { samples: [one] })));
    const closed = store.close();
    expect(await Promise.all(pending)).toHaveLength(20);
    await closed;
    await expect(store.append(batch(WEB, { samples: [sample(START)] }))).rejects.toMatchObject({
      name: 'StoreError',
      code: 'FAILED',
    });
    expect(await timestamps(await reopen(), WEB)).toHaveLength(20);
  });
}
