/** What tests of this store share: a view of it in which all that was appended can be read at once. Nothing else imports it. */
import type { VictoriaMetrics } from '@perfcollector/testing';
import type { Store } from '../store.ts';
import { openVictoriaMetricsStore } from './victoria-metrics-store.ts';

/** The engine shows what it took about a second later; who cannot wait flushes it before every question. */
export function openVisible(engine: VictoriaMetrics): Store {
  const store = openVictoriaMetricsStore(`victoriametrics+${engine.url}`);
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
