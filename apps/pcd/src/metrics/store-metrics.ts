import { Gauge, type Registry } from 'prom-client';
import { readFree } from '../disk-outlook.ts';
import { DEFAULT_TENANT } from '../keys/key-ring.ts';
import { countStates } from '../liveness.ts';
import type { RouteContext } from '../routes/context.ts';

/**
 * What there is in the store, and how the machines stand.
 * @returns reads it anew; one question to the store gives many numbers
 */
export function tellStore(registry: Registry, context: RouteContext): () => Promise<void> {
  const { store, home } = context;
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const bytes = gauge('pcd_store_bytes', 'What the store takes on disk.');
  const samples = gauge('pcd_store_samples', 'Samples that are stored.');
  const rows = gauge('pcd_store_rows', 'Samples that wait to be sealed.');
  const chunks = gauge('pcd_store_chunks', 'Sealed chunks.');
  const free = gauge('pcd_disk_free_bytes', 'What pcd may still write where its home is.');
  const machines = new Gauge({
    name: 'pcd_machines',
    help: 'Machines of all tenants that have keys: live, late by their own interval, or gone.',
    labelNames: ['state'],
    registers,
  });
  return async () => {
    const [stats, states, left] = await Promise.all([store.stats(), statesOf(context), readFree(home)]);
    if (stats.bytes !== null) bytes.set(stats.bytes);
    samples.set(stats.samples);
    if (stats.rows !== null) rows.set(stats.rows);
    if (stats.chunks !== null) chunks.set(stats.chunks);
    free.set(left);
    for (const [state, count] of Object.entries(states)) machines.set({ state }, count);
  };
}

async function statesOf({ store, keys, now }: RouteContext) {
  const tenants = new Set([DEFAULT_TENANT, ...keys.list().map(({ tenant }) => tenant)]);
  const machines = await Promise.all(Array.from(tenants, (tenant) => store.machines(tenant)));
  return countStates(machines.flat(), now());
}
