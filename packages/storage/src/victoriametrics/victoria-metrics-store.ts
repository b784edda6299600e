import type { MachineRef, Store } from '../store.ts';
import { parseAddress } from './address.ts';
import { Clocks } from './clocks.ts';
import { collectionOf } from './collection.ts';
import { encodeBatch } from './encode-batch.ts';
import { Engine } from './engine.ts';
import { ImportQueue } from './import-queue.ts';
import { deleteMachine, machineOf, machinesOf, statsOf, totalsOf } from './machines.ts';
import { PastMarks } from './past-marks.ts';
import { completenessOf } from './received.ts';
import { seriesOf } from './series.ts';

/** No tenant has an empty name. */
const NOBODY: MachineRef = { tenant: '', machine: 'nobody' };

/**
 * A store that is another program: VictoriaMetrics, a single node or a cluster. Nothing is kept here, so any number of pcds
 * may share one. What it has taken is acknowledged; it is on its disk some seconds later, and in its answers about one.
 *
 * What it cannot know when it writes, it does not tell: samples that come again are stored again and are one when they are
 * read, so `duplicates` counts those of one batch alone.
 * @param address as `parseAddress` takes it
 * @throws Error where the address is none. Whether something answers there shows with the first append.
 */
export function openVictoriaMetricsStore(address: string): Store {
  const engine = new Engine(parseAddress(address));
  const queue = new ImportQueue((lines) => engine.import(lines));
  const clocks = new Clocks();
  const sources = { engine, past: new PastMarks(engine) };
  let closed: Promise<void> | undefined;
  return {
    kind: 'victoriametrics',
    async append(batch) {
      const { lines, ...counts } = encodeBatch(batch, clocks, Date.now());
      await queue.add(lines);
      sources.past.noteAppend(batch);
      return counts;
    },
    machines: (tenant) => machinesOf(sources, { tenant }),
    machine: (ref) => machineOf(sources, ref),
    completeness: (ref, range) => completenessOf(engine, ref, range),
    deleteMachine: (ref) => deleteMachine(sources, ref),
    collection: (ref, range) => collectionOf(engine, ref, range),
    series: (request) => seriesOf(engine, request),
    totals: (tenant) => totalsOf(sources, { tenant }),
    stats: () => statsOf(sources),
    async ready() {
      // Of a cluster, one part takes and another gives.
      await Promise.all([engine.import(''), machineOf(sources, NOBODY)]);
    },
    close() {
      closed ??= queue.close().then(() => engine.close());
      return closed;
    },
  };
}
