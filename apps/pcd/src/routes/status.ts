import type { contract } from '@perfcollector/api';
import { callerOf } from '../authenticate.ts';
import type { AddRoutes } from './context.ts';

/** How much there is of the caller's tenant, and what the store takes. */
export const statusRoutes: AddRoutes = (app, { store, version, started }) => {
  app.get('/v1/status', { config: { scope: 'read' } }, async (request): Promise<contract.Status> => {
    const { tenant } = callerOf(request);
    const { bytes, ...totals } = await store.totals(tenant);
    return { version, started, tenant, ...totals, store: { kind: store.kind, bytes } };
  });
};
