import { expect } from 'vitest';
import { batch, DB, event, exported, header, OTHERS, START, sample, samplesFrom, type Test, WEB } from './fixtures.ts';

/** Machines, tenants and totals. */
export function machines(test: Test): void {
  test('an empty store has no machines', async (store) => {
    expect(await store.machines('acme')).toMatchObject([]);
    expect(await store.machine(WEB)).toBeUndefined();
    expect(await store.totals('acme')).toMatchObject({ machines: 0, samples: 0, first: null, last: null });
  });

  test('machines are listed by name with what there is of them', async (store) => {
    await store.append(batch(WEB, { samples: samplesFrom(START + 0.25, 3), headers: [header('a'), header('b')] }));
    await store.append(batch(DB, { samples: [sample(START + 60)] }));
    expect(await store.machines('acme')).toMatchObject([
      { id: 'db01', first: START + 60, last: START + 60, samples: 1, runs: 0 },
      { id: 'web01', first: START + 0.25, last: START + 2.25, samples: 3, runs: 2 },
    ]);
  });

  test('a machine without samples has no first and last', async (store) => {
    await store.append(batch(WEB, { headers: [header('a')], events: [event(START, 'installed')] }));
    expect(await store.machine(WEB)).toMatchObject({
      id: 'web01',
      first: null,
      last: null,
      samples: 0,
      runs: 1,
      header: header('a'),
    });
  });

  test("a machine's header is that of its newest run, in whatever order they came", async (store) => {
    const headers = [header('new', START + 100), header('old', START)];
    await store.append(batch(WEB, { headers, samples: [sample(START)] }));
    expect(await store.machine(WEB)).toMatchObject({ id: 'web01', header: { run: 'new' } });
    await store.append(batch(DB, { samples: [sample(START)] }));
    expect(await store.machine(DB)).toMatchObject({ id: 'db01', header: null });
  });

  test('a deleted machine is gone with everything that it had', async (store) => {
    const lines = { headers: [header('a')], samples: samplesFrom(START, 3, 'a'), events: [event(START, 'mark')] };
    await store.append(batch(WEB, lines));
    await store.append(batch(DB, lines));
    expect(await store.deleteMachine(WEB)).toBe(3);
    expect(await store.deleteMachine(WEB)).toBeUndefined();
    expect((await store.machines('acme')).map(({ id }) => id)).toEqual(['db01']);
    expect(await exported(store, WEB)).toEqual([]);
    expect(await exported(store, DB)).toHaveLength(5);
    expect(await store.totals('acme')).toMatchObject({ machines: 1, samples: 3 });
  });

  test('a machine that comes back after deletion has only what is new', async (store) => {
    await store.append(batch(WEB, { headers: [header('a')], samples: samplesFrom(START, 3) }));
    await store.deleteMachine(WEB);
    expect(await store.append(batch(WEB, { samples: [sample(START)] }))).toEqual({ stored: 1, duplicates: 0 });
    expect(await store.machine(WEB)).toMatchObject({ samples: 1, runs: 0 });
  });

  test("no tenant sees, changes or deletes another tenant's data", async (store) => {
    await store.append(batch(WEB, { samples: samplesFrom(START, 2, 'a'), headers: [header('a')] }));
    await store.append(batch(OTHERS, { samples: [sample(START, { secret: 1 })] }));
    expect(await exported(store, WEB)).toHaveLength(3);
    expect(await exported(store, OTHERS)).toEqual([sample(START, { secret: 1 })]);
    expect(await store.machine(OTHERS)).toMatchObject({ samples: 1, runs: 0, header: null });
    expect(await store.totals('other')).toMatchObject({ machines: 1, samples: 1, first: START, last: START });
    expect(await store.deleteMachine({ ...DB, tenant: 'other' })).toBeUndefined();
    expect(await store.deleteMachine(OTHERS)).toBe(1);
    expect(await store.machines('other')).toEqual([]);
    expect(await store.machine(WEB)).toMatchObject({ samples: 2, runs: 1 });
  });

  test('totals are those of all machines of a tenant', async (store) => {
    await store.append(batch(WEB, { samples: samplesFrom(START, 3) }));
    await store.append(batch(DB, { samples: samplesFrom(START + 50, 2) }));
    const totals = await store.totals('acme');
    expect(totals).toEqual({ machines: 2, samples: 5, first: START, last: START + 51, bytes: expect.any(Number) });
    expect(totals.bytes).toBeGreaterThan(0);
  });
}
