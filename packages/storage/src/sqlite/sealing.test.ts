import type { Sample } from '@perfcollector/collection';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyValue } from '../frame/test-values.ts';
import type { AppendResult, MachineRef } from '../store.ts';
import { batch, event, exported, header, sample, samplesFrom } from '../test-contract/fixtures.ts';
import { MOST_VALUES } from './sealing.ts';
import { sharedStore } from './test-shared-store.ts';

const shared = sharedStore();

/** The beginning of an hour and of a day that ended long ago. */
const DAY = 1_767_916_800;
const SEALED = 'SELECT count(*) AS chunks, coalesce(sum(samples), 0) AS samples FROM chunk WHERE machine = ';

function chunksOf({ machine }: MachineRef) {
  return shared.rows(`${SEALED}(SELECT id FROM machine WHERE name = '${machine}')`)[0];
}

/** Everything that a person can ask it for of a machine. */
async function contentOf(ref: MachineRef) {
  const { store } = shared;
  const summary = { ...(await store.machine(ref)), seen: null, id: '' };
  const { id: _name, ...completeness } = (await store.completeness(ref, {})) ?? {};
  return { lines: await exported(store, ref), summary, completeness };
}

/** Times that meet at the ends of hours and days, within a millisecond, and far apart. */
const OFFSETS = [0, 0.0004, 0.001, 0.002, 10, 1800, 3599.999, 3600, 3600.001, 7000, 7200, 43_200, 86_399.999, 86_400];

const anyFields = fc.dictionary(fc.constantFrom('a', 'b', 'c', ''), anyValue, { noNullPrototype: true });
const anySample: fc.Arbitrary<Sample> = fc
  .record(
    {
      timestamp: fc.constantFrom(...OFFSETS).map((offset) => DAY + offset),
      run: fc.constantFrom('a', 'b'),
      seq: fc.integer({ min: 1, max: 8 }),
      tags: fc.constant({ machine_id: 'elsewhere' }),
      fields: anyFields,
    },
    { requiredKeys: ['timestamp', 'fields'], noNullPrototype: true },
  )
  .map((one) => structuredClone(one) as Sample);
const anySteps = fc.array(fc.oneof(fc.array(anySample, { minLength: 1, maxLength: 6 }), fc.constant('seal' as const)), {
  minLength: 2,
  maxLength: 10,
});

describe('sealing', () => {
  it('between any appends changes nothing of what is stored, counted and told', async () => {
    const { store } = shared;
    const appended = async (ref: MachineRef, steps: readonly (Sample[] | 'seal')[]) => {
      const results: AppendResult[] = [];
      for (const step of steps) {
        if (step === 'seal') await store.maintenance.seal();
        else results.push(await store.append(batch(ref, { samples: step })));
      }
      return results;
    };
    await fc.assert(
      fc.asyncProperty(anySteps, async (steps) => {
        const [plain, sealed] = [shared.newMachine(), shared.newMachine()];
        const appends = steps.filter((step) => step !== 'seal');
        const results = await appended(plain, appends);
        const want = await contentOf(plain);
        await store.deleteMachine(plain);
        expect(await appended(sealed, steps)).toEqual(results);
        expect(await contentOf(sealed)).toStrictEqual(want);
        await store.maintenance.seal();
        expect(await contentOf(sealed)).toStrictEqual(want);
        expect(chunksOf(sealed)).toMatchObject({ samples: want.summary.samples ?? 0 });
        await store.deleteMachine(sealed);
      }),
      { numRuns: 100 },
    );
  });

  it('keeps runs, their headers and events where they were, on every page and in every range', async () => {
    const { store } = shared;
    const ref = shared.newMachine();
    const headers = [header('r1', DAY), header('r2', DAY + 3000)];
    const events = [event(DAY + 100, 'deploy'), event(DAY + 100, 'again'), event(DAY + 4000.5, 'mark')];
    const samples = [...samplesFrom(DAY, 700, 'r1'), ...samplesFrom(DAY + 3500, 400, 'r2')];
    await store.append(batch(ref, { headers, samples, events }));
    const ranges = [
      {},
      { from: DAY + 99, to: DAY + 3600 },
      { from: DAY + 250.5 },
      { to: DAY + 100 },
      { from: DAY + 650 },
    ];
    const all = () => Promise.all(ranges.map((range) => exported(store, ref, range)));
    const before = await all();
    expect(await store.maintenance.seal()).toEqual({ samples: 1100 });
    expect(chunksOf(ref)).toEqual({ chunks: 2, samples: 1100 });
    expect(await all()).toEqual(before);
  });

  it('counts sealed samples that come again, and undoes nothing for them', async () => {
    const { store } = shared;
    const ref = shared.newMachine();
    const samples = samplesFrom(DAY, 50, 'r').map((one, at) => ({ ...one, seq: at + 1 }));
    await store.append(batch(ref, { samples }));
    await store.maintenance.seal();
    expect(await store.append(batch(ref, { samples }))).toEqual({ stored: 0, duplicates: 50 });
    expect(chunksOf(ref)).toEqual({ chunks: 1, samples: 50 });
    expect(await store.completeness(ref, {})).toMatchObject({ total: { received: 50, duplicates: 50 } });
  });

  it('a sealed sample to which fields are added is sealed again', async () => {
    const { store } = shared;
    const ref = shared.newMachine();
    await store.append(batch(ref, { samples: samplesFrom(DAY, 3) }));
    await store.maintenance.seal();
    const more = batch(ref, { samples: [sample(DAY + 1, { mem_free: 7 })] });
    expect(await store.append(more)).toEqual({ stored: 1, duplicates: 0 });
    expect(await store.append(more)).toEqual({ stored: 0, duplicates: 1 });
    const lines = [
      sample(DAY, { cpu_user: 0 }),
      sample(DAY + 1, { cpu_user: 1, mem_free: 7 }),
      sample(DAY + 2, { cpu_user: 2 }),
    ];
    expect(await exported(store, ref)).toEqual(lines);
    await store.maintenance.seal();
    expect(chunksOf(ref)).toEqual({ chunks: 1, samples: 3 });
    expect(await exported(store, ref)).toEqual(lines);
  });

  it('fields that are added to a tick that stands beside its time leave its time alone', async () => {
    const { store } = shared;
    const ref = shared.newMachine();
    const tick = (seq: number, fields: Sample['fields']) => ({
      ...sample(DAY, fields, 'r'),
      seq,
      tags: { machine_id: ref.machine },
    });
    await store.append(batch(ref, { samples: [tick(1, { a: 1 }), tick(2, { a: 2 })] }));
    await store.append(batch(ref, { samples: [tick(2, { b: 2 })] }));
    expect(await exported(store, ref)).toEqual([tick(1, { a: 1 }), tick(2, { a: 2, b: 2 })]);
  });

  it('an hour of very many values becomes several chunks that never overlap, whatever comes late', async () => {
    const { store } = shared;
    const ref = shared.newMachine();
    const names = Array.from({ length: 400 }, (_, at) => `f${at}`);
    const wide = (at: number) => sample(DAY + at, Object.fromEntries(names.map((name) => [name, at])));
    const rows = Math.ceil(MOST_VALUES / names.length);
    const early = Array.from({ length: rows }, (_, at) => wide(at));
    const later = Array.from({ length: rows }, (_, at) => wide(rows + 10 + at));
    await store.append(batch(ref, { samples: [...early, ...later] }));
    await store.maintenance.seal();
    expect(chunksOf(ref)).toEqual({ chunks: 2, samples: 2 * rows });
    const between = [wide(rows + 3), wide(rows + 5)];
    const behind = [wide(3598), wide(3599)];
    await store.append(batch(ref, { samples: [...between, ...behind] }));
    await store.maintenance.seal();
    expect(chunksOf(ref)).toEqual({ chunks: 4, samples: 2 * rows + 4 });
    const spans = shared.rows('SELECT first_ms, last_ms FROM chunk ORDER BY machine DESC, first_ms LIMIT 4') as {
      first_ms: number;
      last_ms: number;
    }[];
    for (const [at, { first_ms }] of spans.entries())
      if (at > 0) expect(first_ms).toBeGreaterThan(spans[at - 1]?.last_ms ?? 0);
    const times = (await exported(store, ref)).map((line) => (line as Sample).timestamp);
    expect(times).toEqual([...early, ...between, ...later, ...behind].map(({ timestamp }) => timestamp));
  });

  it('a deleted machine leaves nothing behind, and comes back empty', async () => {
    const { store } = shared;
    const ref = shared.newMachine();
    const count = () =>
      ['chunk', 'rollup', 'shape', 'waiting', 'open_day', 'run_seq', 'run', 'event'].map(
        (table) => shared.rows(`SELECT count(*) AS n FROM ${table}`)[0]?.n,
      );
    await store.maintenance.seal();
    const before = count();
    const lines = { headers: [header('r')], events: [event(DAY, 'mark')] };
    await store.append(batch(ref, { ...lines, samples: samplesFrom(DAY, 20, 'r') }));
    await store.maintenance.seal();
    await store.append(batch(ref, { samples: [sample(DAY + 99_999)] }));
    expect(await store.deleteMachine(ref)).toBe(21);
    expect(count()).toEqual(before);
    expect(await store.append(batch(ref, { samples: [sample(DAY)] }))).toEqual({ stored: 1, duplicates: 0 });
    await store.maintenance.seal();
    expect(await exported(store, ref)).toEqual([sample(DAY)]);
  });
});
