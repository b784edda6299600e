import type { Header } from '@perfcollector/collection';
import type { MachineRef } from '../store.ts';
import type { Engine } from './engine.ts';
import { METRIC } from './layout.ts';
import { selector } from './selector.ts';
import { spanOf } from './span.ts';
import { TextParts } from './text-parts.ts';

/** Headers of a machine by run; of one run, or of all. Where several came for a run, always the same of them. */
export async function headersOf(engine: Engine, ref: MachineRef, run?: string): Promise<Map<string, Header>> {
  const parts = new TextParts();
  for (const labels of await engine.series(selector(METRIC.header, { ...ref, run }), spanOf({}))) parts.add(labels);
  const headers = new Map<string, Header>();
  for (const [, line] of [...parts.all()].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const header = JSON.parse(line) as Header;
    if (!headers.has(header.run)) headers.set(header.run, header);
  }
  return headers;
}
