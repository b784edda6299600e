import { startVictoriaMetrics, type VictoriaMetrics } from '@perfcollector/testing';
import { afterAll, beforeAll } from 'vitest';
import type { Store } from '../store.ts';
import { storeContract } from '../test-contract/store-contract.ts';
import { openVictoriaMetricsStore } from './victoria-metrics-store.ts';

let engine: VictoriaMetrics;
let opened = '';
beforeAll(async () => {
  engine = await startVictoriaMetrics();
});
afterAll(() => engine[Symbol.asyncDispose]());

storeContract('VictoriaMetrics', open, { knowsWhatItHolds: false });

async function open(directory: string): Promise<Store> {
  if (directory !== opened) await engine.clear();
  opened = directory;
  return visibleAtOnce(openVictoriaMetricsStore(`victoriametrics+${engine.url}`));
}

/** The engine shows what it took about a second later; who cannot wait flushes it. */
function visibleAtOnce(store: Store): Store {
  const flushed =
    <A extends unknown[], R>(read: (...args: A) => Promise<R>) =>
    async (...args: A) => {
      await engine.flush();
      return read(...args);
    };
  return {
    ...store,
    machines: flushed(store.machines),
    machine: flushed(store.machine),
    completeness: flushed(store.completeness),
    deleteMachine: flushed(store.deleteMachine),
    async *collection(ref, range) {
      await engine.flush();
      yield* store.collection(ref, range);
    },
    series: flushed(store.series),
    totals: flushed(store.totals),
    stats: flushed(store.stats),
  };
}
