import fc from 'fast-check';
import { expect } from 'vitest';
import { batch, event, exported, header, START, sample, samplesFrom, type Test, timestamps, WEB } from './fixtures.ts';

/** What a machine's collection looks like when it is given back. */
export function exporting(test: Test): void {
  test('lines come in time order, events among the samples', async (store) => {
    await store.append(
      batch(WEB, {
        samples: [sample(START + 4), sample(START), sample(START + 2)],
        events: [event(START + 3, 'deploy'), event(START + 1, 'begin')],
      }),
    );
    await store.append(batch(WEB, { samples: [sample(START + 1.5)], events: [event(START + 9, 'end')] }));
    const want = [START, START + 1, START + 1.5, START + 2, START + 3, START + 4, START + 9];
    expect(await timestamps(store, WEB)).toEqual(want);
  });

  test('two events of one time are both kept, the same event once', async (store) => {
    const events = [event(START, 'a'), event(START, 'b')];
    await store.append(batch(WEB, { events }));
    await store.append(batch(WEB, { events }));
    expect(await exported(store, WEB)).toHaveLength(2);
  });

  test("a run's header comes once, right before its first sample", async (store) => {
    const [first, second] = [header('run-1'), header('run-2', START + 2)];
    await store.append(
      batch(WEB, {
        headers: [first],
        samples: [sample(START, { a: 1 }, 'run-1'), sample(START + 3, { a: 1 }, 'run-1')],
      }),
    );
    await store.append(
      batch(WEB, { headers: [first, second], samples: [sample(START + 2, { a: 1 }, 'run-2'), sample(START + 1)] }),
    );
    expect(await exported(store, WEB)).toEqual([
      first,
      sample(START, { a: 1 }, 'run-1'),
      sample(START + 1),
      second,
      sample(START + 2, { a: 1 }, 'run-2'),
      sample(START + 3, { a: 1 }, 'run-1'),
    ]);
  });

  test('a part of a collection has the headers of its own runs', async (store) => {
    const headers = [header('run-1'), header('run-2', START + 300)];
    const samples = [sample(START, {}, 'run-1'), sample(START + 10, {}, 'run-1'), sample(START + 300, {}, 'run-2')];
    await store.append(batch(WEB, { headers, samples }));
    const part = await exported(store, WEB, { from: START + 5, to: START + 20 });
    expect(part).toEqual([headers[0], samples[1]]);
  });

  test('from and to are both included, and each may be left out', async (store) => {
    await store.append(batch(WEB, { samples: samplesFrom(START, 5), events: [event(START + 2, 'mark')] }));
    const range = (from?: number, to?: number) => timestamps(store, WEB, { from, to });
    expect(await range(START + 1, START + 3)).toEqual([START + 1, START + 2, START + 2, START + 3]);
    expect(await range(START + 3)).toEqual([START + 3, START + 4]);
    expect(await range(undefined, START + 1)).toEqual([START, START + 1]);
    expect(await range(START + 4, START + 4)).toEqual([START + 4]);
    expect(await range(START + 4.001, START + 4.999)).toEqual([]);
  });

  for (const count of [199, 200, 201, 400, 1001]) {
    test(`an export of ${count} samples has each of them once, in order`, async (store) => {
      const samples = samplesFrom(START, count);
      await store.append(batch(WEB, { samples, headers: [header('r')] }));
      expect(await exported(store, WEB)).toEqual(samples);
      const inner = { from: START + 1, to: START + count - 2 };
      expect(await exported(store, WEB, inner)).toEqual(samples.slice(1, -1));
    });
  }

  test('events are given once where a long export goes on to its next piece', async (store) => {
    const samples = samplesFrom(START, 601);
    const events = samples.map(({ timestamp }) => event(timestamp, 'same time'));
    await store.append(batch(WEB, { samples, events }));
    const lines = await exported(store, WEB);
    expect(lines.filter((line) => 'event' in (line as object))).toEqual(events);
    expect(lines.filter((line) => 'fields' in (line as object))).toEqual(samples);
  });

  test('a long export comes in pieces, each of whole lines', async (store) => {
    await store.append(batch(WEB, { samples: samplesFrom(START, 2000) }));
    const pieces = (await Array.fromAsync(store.collection(WEB, {}))).filter((piece) => piece !== '');
    expect(pieces.length).toBeGreaterThan(3);
    for (const piece of pieces) expect(piece.endsWith('\n')).toBe(true);
  });

  test('an unknown machine has an empty collection', async (store) => {
    expect(await exported(store, WEB)).toEqual([]);
  });

  test('any order of appending gives the same collection', async (store) => {
    let runs = 0;
    const times = fc.array(fc.nat(500), { minLength: 1, maxLength: 60 });
    const batches = fc.array(times, { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(batches, async (parts) => {
        const ref = { tenant: 'acme', machine: `run${runs++}` };
        const numbered = (times: readonly number[]) => times.map((at) => sample(START + at, { a: at }));
        for (const part of parts) await store.append(batch(ref, { samples: numbered(part) }));
        const want = [...new Set(parts.flat())].sort((a, b) => a - b);
        expect(await exported(store, ref)).toEqual(numbered(want));
      }),
      { numRuns: 20 },
    );
  });
}
