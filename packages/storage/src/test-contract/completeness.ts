import type { Sample } from '@perfcollector/collection';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Store } from '../store.ts';
import { batch, DB, event, header, OTHERS, START, sample, samplesFrom, type Test, WEB } from './fixtures.ts';

const INTERVAL = 10;

/** The sample of a tick of a run that began at START; the fixtures' headers say ten seconds. */
function tick(seq: number, run = 'r', fields: Sample['fields'] = { at: seq }): Sample {
  return { ...sample(START + INTERVAL * seq, fields, run), seq };
}

function ticks(from: number, to: number, run?: string): Sample[] {
  return Array.from({ length: to - from + 1 }, (_, at) => tick(from + at, run));
}

async function runsOf(store: Store, range = {}) {
  return (await store.completeness(WEB, range))?.runs;
}

/** What is missing of each run. */
export function completeness(test: Test): void {
  test('a run of which all came has nothing missing', async (store, { duplicates }) => {
    await store.append(batch(WEB, { headers: [header('r')], samples: ticks(1, 20) }));
    const counts = { expected: 20, received: 20, missing_samples: 0, duplicates: duplicates(0) };
    expect(await store.completeness(WEB, {})).toEqual({
      id: 'web01',
      runs: [
        {
          run: 'r',
          started: START,
          interval: INTERVAL,
          agent: 'pcc 1.0.0',
          first: { seq: 1, timestamp: START + 10 },
          last: { seq: 20, timestamp: START + 200 },
          ...counts,
          missing_ranges: 0,
          missing: [],
          missed_by_agent: null,
          dropped_by_agent: null,
        },
      ],
      total: counts,
      unnumbered: { samples: 0, duplicates: duplicates(0) },
    });
  });

  test('holes are named with the times of their ticks, a missing beginning too', async (store) => {
    const samples = [...ticks(3, 10), ...ticks(12, 15), ...ticks(20, 20)];
    await store.append(batch(WEB, { headers: [header('r')], samples }));
    const hole = (from: number, to: number) => ({ from, to, from_time: START + 10 * from, to_time: START + 10 * to });
    expect(await runsOf(store)).toMatchObject([
      {
        expected: 20,
        received: 13,
        missing_samples: 7,
        missing_ranges: 3,
        missing: [hole(1, 2), hole(11, 11), hole(16, 19)],
      },
    ]);
  });

  test('the times of a hole are not told where no header came, or the clock was set in it', async (store) => {
    await store.append(batch(WEB, { samples: [tick(1), tick(4)] }));
    const afterTheClockWasSet = { ...tick(9), timestamp: START + 90 + 3600 };
    await store.append(batch(DB, { headers: [header('r')], samples: [tick(1), afterTheClockWasSet] }));
    const unknown = { from_time: null, to_time: null };
    const noFacts = { started: null, interval: null, agent: null };
    expect(await runsOf(store)).toMatchObject([{ ...noFacts, missing: [{ from: 2, to: 3, ...unknown }] }]);
    expect((await store.completeness(DB, {}))?.runs).toMatchObject([{ missing: [{ from: 2, to: 8, ...unknown }] }]);
  });

  test('a spool that arrives beside live samples fills its hole', async (store) => {
    await store.append(batch(WEB, { headers: [header('r')], samples: ticks(1, 5) }));
    for (const at of [0, 1, 2, 3]) {
      await store.append(batch(WEB, { samples: [tick(30 + at)] }));
      await store.append(batch(WEB, { samples: ticks(6 + 6 * at, 11 + 6 * at) }));
    }
    expect(await runsOf(store)).toMatchObject([{ expected: 33, received: 33, missing: [] }]);
  });

  test('runs are told apart, oldest first, and summed', async (store, { duplicates }) => {
    const shifted = (run: string, by: number) =>
      ticks(1, 4, run).map((one) => ({ ...one, timestamp: one.timestamp + by }));
    await store.append(batch(WEB, { headers: [header('new', START + 500)], samples: shifted('new', 500).slice(1) }));
    await store.append(batch(WEB, { headers: [header('old')], samples: ticks(1, 4, 'old') }));
    const found = await store.completeness(WEB, {});
    expect(found?.runs.map(({ run, missing_samples }) => [run, missing_samples])).toEqual([
      ['old', 0],
      ['new', 1],
    ]);
    expect(found?.total).toEqual({ expected: 8, received: 7, missing_samples: 1, duplicates: duplicates(0) });
    const runsIn = async (from?: number, to?: number) => (await runsOf(store, { from, to }))?.map(({ run }) => run);
    expect(await runsIn(START + 40)).toEqual(['old', 'new']);
    expect(await runsIn(START + 40.5)).toEqual(['new']);
    expect(await runsIn(undefined, START + 519)).toEqual(['old']);
    expect(await runsIn(START + 530, START + 530)).toEqual(['new']);
    expect(await runsIn(START + 9999)).toEqual([]);
  });

  test('a run of which nothing but its header came has no numbers made up', async (store) => {
    await store.append(batch(WEB, { headers: [header('r')], events: [event(START, 'mark')] }));
    const none = { expected: 0, received: 0, missing_samples: 0 };
    expect(await runsOf(store)).toMatchObject([{ run: 'r', started: START, first: null, last: null, ...none }]);
    expect(await runsOf(store, { to: START - 1 })).toEqual([]);
  });

  test('samples that come again are counted, each under its run or under the machine', async (store, {
    duplicates,
  }) => {
    const bare = samplesFrom(START + 5, 3);
    const samples = [...ticks(1, 5), ...bare];
    await store.append(batch(WEB, { samples }));
    await store.append(batch(WEB, { samples: [...ticks(4, 6), ...bare, ...bare.slice(0, 1)] }));
    expect(await store.completeness(WEB, {})).toMatchObject({
      runs: [{ received: 6, duplicates: duplicates(2) }],
      total: { duplicates: duplicates(2) },
      unnumbered: { samples: 3, duplicates: duplicates(4) },
    });
  });

  test('a sample that gave way to another run of the same moment is missing, not received', async (store, {
    knowsWhatItHolds,
  }) => {
    await store.append(batch(WEB, { samples: ticks(1, 3, 'a') }));
    await store.append(batch(WEB, { samples: ticks(2, 4, 'b') }));
    const b = (await runsOf(store))?.find(({ run }) => run === 'b');
    const gaveWay = { received: 1, duplicates: 2, missing: [{ from: 1, to: 3 }] };
    const stayed = { received: 3, duplicates: null, missing: [{ from: 1, to: 1 }] };
    expect(b).toMatchObject({ expected: 4, ...(knowsWhatItHolds ? gaveWay : stayed) });
  });

  test('fields that are added to a sample make it no second one', async (store, { duplicates }) => {
    await store.append(batch(WEB, { samples: [tick(1)] }));
    await store.append(batch(WEB, { samples: [tick(1, 'r', { more: 1 })] }));
    expect(await runsOf(store)).toMatchObject([{ expected: 1, received: 1, duplicates: duplicates(0) }]);
  });

  test("the agent's own counts are those of its last sample", async (store) => {
    const agent = (seq: number, missed: number, dropped: number) =>
      tick(seq, 'r', { pcc_missed_ticks: missed, pcc_dropped_samples: dropped });
    await store.append(batch(WEB, { samples: [agent(9, 3, 2), agent(1, 0, 0), agent(2, 0, 1)] }));
    expect(await runsOf(store)).toMatchObject([{ missed_by_agent: 3, dropped_by_agent: 2, missing_samples: 6 }]);
    await store.append(batch(WEB, { samples: [tick(10, 'r', { pcc_missed_ticks: 'many' })] }));
    expect(await runsOf(store)).toMatchObject([{ missed_by_agent: null, dropped_by_agent: null }]);
  });

  test('the largest and the smallest seq', async (store) => {
    const largest = { ...tick(1), seq: Number.MAX_SAFE_INTEGER };
    await store.append(batch(WEB, { samples: [largest, { ...tick(0), seq: 0 }] }));
    const holes = [{ from: 1, to: Number.MAX_SAFE_INTEGER - 1, from_time: null, to_time: null }];
    expect(await runsOf(store)).toMatchObject([{ received: 2, missing: holes }]);
  });

  test('more than a thousand holes are counted, and the first thousand named', async (store) => {
    await store.append(batch(WEB, { samples: Array.from({ length: 1500 }, (_, at) => tick(2 * at + 2)) }));
    const [run] = (await runsOf(store)) ?? [];
    expect(run).toMatchObject({ missing_samples: 1500, missing_ranges: 1500 });
    expect(run?.missing).toHaveLength(1000);
  });

  test('a batch that fails, a deleted machine and another tenant leave no trace', async (store, { duplicates }) => {
    const bad = batch(WEB, { headers: [header('r')], samples: [...ticks(1, 2), sample(Number.NaN)] });
    await expect(store.append(bad)).rejects.toThrow();
    expect(await store.completeness(WEB, {})).toBeUndefined();
    await store.append(batch(WEB, { samples: [...ticks(1, 2), ...samplesFrom(START, 1)] }));
    await store.append(batch(WEB, { samples: [...ticks(1, 2), ...samplesFrom(START, 1)] }));
    expect(await store.completeness(OTHERS, {})).toBeUndefined();
    await store.deleteMachine(WEB);
    expect(await store.completeness(WEB, {})).toBeUndefined();
    await store.append(batch(WEB, { events: [event(START, 'again')] }));
    expect(await store.completeness(WEB, {})).toMatchObject({
      runs: [],
      unnumbered: { samples: 0, duplicates: duplicates(0) },
    });
  });

  test('it is the same after closing and opening again', async (store, { reopen, duplicates }) => {
    await store.append(batch(WEB, { headers: [header('r')], samples: [...ticks(2, 4), ...ticks(4, 9)] }));
    const before = await store.completeness(WEB, {});
    expect(before?.total).toEqual({ expected: 9, received: 8, missing_samples: 1, duplicates: duplicates(1) });
    expect(await (await reopen()).completeness(WEB, {})).toEqual(before);
  });

  test('any partition and order of samples, with repeats, gives what plain counting gives', async (store, {
    duplicates,
  }) => {
    let machines = 0;
    const one = fc.record({ run: fc.constantFrom('a', 'b'), seq: fc.integer({ min: 1, max: 40 }) });
    const batches = fc.array(fc.array(one, { maxLength: 25 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(batches, async (parts) => {
        const ref = { tenant: 'acme', machine: `m${machines++}` };
        const sampled = ({ run, seq }: { run: string; seq: number }) => ({
          ...tick(seq, run),
          timestamp: START + 10 * seq + (run === 'a' ? 0 : 1),
        });
        // In this order, but in shared commits: quicker.
        await Promise.all(parts.map((part) => store.append(batch(ref, { samples: part.map(sampled) }))));
        const found = await store.completeness(ref, {});
        const told = new Map(found?.runs.map(({ run, ...rest }) => [run, rest]));
        for (const run of ['a', 'b']) {
          const want = counted(parts.flat(), run);
          expect(plain(told.get(run))).toEqual(want && { ...want, duplicates: duplicates(want.duplicates) });
        }
      }),
      { numRuns: 60 },
    );
  });
}

type Run = Omit<NonNullable<Awaited<ReturnType<typeof runsOf>>>[number], 'run'>;

function plain(run: Run | undefined) {
  const missing = run?.missing.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => from + at));
  return run && { received: run.received, expected: run.expected, duplicates: run.duplicates, missing };
}

/** The same by looking at each seq. */
function counted(all: readonly { run: string; seq: number }[], run: string) {
  const seqs = all.filter((one) => one.run === run).map(({ seq }) => seq);
  if (seqs.length === 0) return undefined;
  const distinct = new Set(seqs);
  const expected = Math.max(...seqs);
  const missing = Array.from({ length: expected }, (_, at) => at + 1).filter((seq) => !distinct.has(seq));
  return { received: distinct.size, expected, duplicates: seqs.length - distinct.size, missing };
}
