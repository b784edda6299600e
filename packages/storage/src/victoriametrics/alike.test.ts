import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasVictoriaMetrics, startVictoriaMetrics } from '@perfcollector/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openSqliteStore } from '../sqlite/sqlite-store.ts';
import type { SeriesReply } from '../store.ts';
import { batch, START, sample } from '../test-contract/fixtures.ts';
import { openVisible } from './test-visible-store.ts';

const FIELDS = ['cpu_user', 'loadavg_1min', 'net_eth0_rx_bytes', 'of_nobody'];

/** A field may be missing, a counter may fall. */
const fields = fc.dictionary(fc.constantFrom(...FIELDS), fc.integer({ min: 0, max: 1_000_000 }));
const ticks = fc.uniqueArray(fc.record({ at: fc.nat(600), fields }), { selector: ({ at }) => at, minLength: 1 });
const request = fc.record({
  from: fc.integer({ min: -20, max: 500 }),
  length: fc.nat(700),
  points: fc.integer({ min: 30, max: 90 }),
});

it.skipIf(!hasVictoriaMetrics)('both stores give the same series and the same collections', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'alike-'));
  await using engine = await startVictoriaMetrics();
  const stores = [await openSqliteStore(join(directory, 'store.sqlite')), openVisible(engine)];
  let machines = 0;
  await fc.assert(
    fc.asyncProperty(ticks, request, async (ticks, { from, length, points }) => {
      machines += 1;
      const ref = { tenant: 'acme', machine: `m${machines}` };
      const samples = ticks.map(({ at, fields }) => sample(START + at, fields));
      const range = { from: START + from, to: START + from + length };
      const answers = stores.map(async (store) => {
        await store.append(batch(ref, { samples }));
        const lines = (await Array.fromAsync(store.collection(ref, range))).join('').split('\n').filter(Boolean);
        const series = await store.series({ ...ref, fields: ['*'], ...range, points });
        return { lines: lines.map((line) => JSON.parse(line) as unknown), series: series && rounded(series) };
      });
      const [embedded, outside] = await Promise.all(answers);
      expect(outside).toEqual(embedded);
    }),
    // The engine takes a length of 32,001 ms for 32,000.
    { numRuns: 40, examples: [[[{ at: 8, fields: {} }], { from: 8, length: 32, points: 30 }]] },
  );
  await Promise.all(stores.map((store) => store.close()));
  rmSync(directory, { recursive: true });
});

/** They add up in different orders, so the last digits may differ; fields stand in any order. */
function rounded({ series, ...reply }: SeriesReply): unknown {
  const text = JSON.stringify(series, (_, value) =>
    typeof value === 'number' ? Number(value.toPrecision(10)) : value,
  );
  const fields = JSON.parse(text) as SeriesReply['series'];
  return { ...reply, series: fields.toSorted((a, b) => (a.field < b.field ? -1 : 1)) };
}
