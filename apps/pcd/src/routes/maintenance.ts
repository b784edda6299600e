import { contract } from '@perfcollector/api';
import { type Maintenance, StoreError } from '@perfcollector/storage';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { callerOf } from '../authenticate.ts';
import { makeBackup, takeBackup } from '../backups.ts';
import { fromStore, HttpError } from '../http-error.ts';
import { DEFAULT_TENANT } from '../keys/key-ring.ts';
import type { AddRoutes } from './context.ts';

/** Work on the whole store, of all tenants: for those who run the server, and one at a time. */
export const maintenanceRoutes: AddRoutes = (app, { store, home, now }) => {
  const admin = { config: { scope: 'admin' } } as const;
  let running: string | undefined;

  const alone = async <T>(request: FastifyRequest, work: (maintenance: Maintenance) => Promise<T>): Promise<T> => {
    const maintenance = maintenanceFor(request);
    if (running !== undefined)
      throw new HttpError(409, 'BUSY_WITH_STORE', `${running} is under way; ask again when it is done`);
    running = `${request.method} ${request.routeOptions.url}`;
    try {
      return await work(maintenance);
    } catch (error) {
      if (error instanceof StoreError) throw fromStore(error.code, 'this was not done');
      throw error;
    } finally {
      running = undefined;
    }
  };

  const maintenanceFor = (request: FastifyRequest): Maintenance => {
    if (callerOf(request).tenant !== DEFAULT_TENANT)
      throw new HttpError(403, 'OTHER_TENANT', "only the server's own administrators may work on the whole store");
    if (store.maintenance) return store.maintenance;
    const where = `another program (${store.kind}) keeps the samples of this pcd`;
    throw new HttpError(501, 'NOT_OUR_STORE', `${where}; use its own tools for this`);
  };

  app.post('/v1/backup', { ...admin, schema: { body: contract.backupRequest } }, (request) => {
    const body = request.body as z.infer<typeof contract.backupRequest>;
    return alone(request, (maintenance) => makeBackup(maintenance, home, body?.name ?? `pcd-${timeName(now())}`));
  });

  app.get('/v1/backup', admin, async (request, reply) => {
    const { bytes, stream } = await alone(request, (maintenance) => takeBackup(maintenance, home));
    reply.type('application/vnd.sqlite3').header('content-length', bytes);
    reply.header('content-disposition', `attachment; filename="pcd-${timeName(now())}.sqlite"`);
    return reply.send(stream);
  });

  app.post('/v1/prune', { ...admin, schema: { body: contract.pruneRequest } }, (request) =>
    alone(request, (maintenance) => maintenance.prune(request.body as contract.PruneRequest)),
  );
  app.post('/v1/verify', admin, (request) => alone(request, (maintenance) => maintenance.verify()));
  app.post('/v1/vacuum', admin, (request) => alone(request, (maintenance) => maintenance.vacuum()));
};

/** `20260111-025320`, in UTC. */
function timeName(seconds: number): string {
  return new Date(seconds * 1000)
    .toISOString()
    .replaceAll(/[-:]|\..*/g, '')
    .replace('T', '-');
}
