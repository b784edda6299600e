import { contract } from '@perfcollector/api';
import { callerOf } from '../authenticate.ts';
import { daysLeft, readFree } from '../disk-outlook.ts';
import { DEFAULT_TENANT } from '../keys/key-ring.ts';
import { countStates } from '../liveness.ts';
import type { AddRoutes, RouteContext } from './context.ts';

/** How much there is of the caller's tenant; for those who run the server, of everything, and how fast it grows. */
export const statusRoutes: AddRoutes = (app, context) => {
  const { store, version, started, uptime, now } = context;
  const options = {
    config: { scope: 'read', about: 'How much there is, how fast it grows, and how the machines stand.' },
    schema: { response: { 200: contract.statusReply } },
  } as const;
  app.get('/v1/status', options, async (request) => {
    const { tenant } = callerOf(request);
    const [{ bytes, ...totals }, machines] = await Promise.all([store.totals(tenant), store.machines(tenant)]);
    const server = tenant === DEFAULT_TENANT ? await describeServer(context) : null;
    const states = countStates(machines, now());
    const about = { version, started, uptime: uptime() };
    return { ...about, tenant, ...totals, states, store: { kind: store.kind, bytes }, server };
  });
};

async function describeServer({ store, home, traffic, uptime }: RouteContext): Promise<contract.Status['server']> {
  const [{ bytes, ...stats }, free] = await Promise.all([store.stats(), readFree(home)]);
  const { samples, values } = traffic.rates();
  const samplesPerSecond = traffic.total.samples / uptime();
  // Another program keeps its samples on a disk of its own.
  const days_left = bytes === null ? null : daysLeft(free, { bytesPerSample: bytes / stats.samples, samplesPerSecond });
  return { ...stats, samples_per_second: samples, values_per_second: values, disk: { free, days_left } };
}
