import { contract } from '@perfcollector/api';
import { type Maintenance, type Store, StoreError } from '@perfcollector/storage';
import type { Detail } from '../audit-log.ts';
import { type Called, checkRunsServer } from '../authenticate.ts';
import { makeBackup, takeBackup } from '../backups.ts';
import { fromStore, HttpError } from '../http-error.ts';
import type { AddRoutes } from './context.ts';

/** Work on the whole store, of all tenants: for those who run the server, and one at a time. */
export const maintenanceRoutes: AddRoutes = (app, { store, home, audit, now }) => {
  const config = { scope: 'admin', errors: ['OTHER_TENANT', 'STORE_IN_WORK', 'NOT_OUR_STORE'] } as const;
  let running: string | undefined;

  /** Does what it says, unless something else is under way; what is done is written down before. */
  const alone = async <T>(request: Called, { action, detail = {}, run }: Work<T>): Promise<T> => {
    checkRunsServer(request, 'work on the whole store');
    const maintenance = maintenanceOf(store);
    if (running !== undefined)
      throw new HttpError(409, 'STORE_IN_WORK', `${running} is under way; ask again when it is done`);
    running = action;
    try {
      await audit.write(request, `store.${action}`, { detail });
      return await run(maintenance);
    } catch (error) {
      if (error instanceof StoreError) throw fromStore(error.code, 'this was not done');
      throw error;
    } finally {
      running = undefined;
    }
  };

  app.post(
    '/v1/backup',
    {
      config: {
        ...config,
        about: "Writes a backup into the server's own folder of backups.",
        errors: [...config.errors, 'BACKUP_EXISTS'],
      },
      schema: { body: contract.backupRequest, response: { 200: contract.backupReply } },
    },
    (request) => {
      const name = request.body?.name ?? `pcd-${timeName(now())}`;
      const run = (maintenance: Maintenance) => makeBackup(maintenance, home, name);
      return alone(request, { action: 'backup', detail: { name }, run });
    },
  );

  app.get(
    '/v1/backup',
    {
      config: { ...config, about: 'A backup that is made now, as the bytes of its file.' },
      exposeHeadRoute: false, // it would make one and throw it away
      schema: { response: { 200: { content: { [contract.BACKUP_TYPE]: { schema: contract.backupFile } } } } },
    },
    async (request, reply) => {
      const { bytes, stream } = await alone(request, { action: 'download', run: (work) => takeBackup(work, home) });
      reply.type(contract.BACKUP_TYPE).header('content-length', bytes);
      reply.header('content-disposition', `attachment; filename="pcd-${timeName(now())}.sqlite"`);
      return reply.send(stream);
    },
  );

  app.post(
    '/v1/prune',
    {
      config: { ...config, about: 'Deletes what shall not be kept.' },
      schema: { body: contract.pruneRequest, response: { 200: contract.pruneReply } },
    },
    (request) => {
      const detail = { retention: JSON.stringify(request.body) };
      return alone(request, { action: 'prune', detail, run: (maintenance) => maintenance.prune(request.body) });
    },
  );

  app.post(
    '/v1/verify',
    {
      config: { ...config, about: 'Reads the whole store and tells what is wrong with it.' },
      schema: { response: { 200: contract.verifyReply } },
    },
    (request) => alone(request, { action: 'verify', run: (maintenance) => maintenance.verify() }),
  );

  app.post(
    '/v1/seal',
    {
      config: { ...config, about: 'Packs every sample that waits for its hour to be complete.' },
      schema: { response: { 200: contract.sealReply } },
    },
    (request) => alone(request, { action: 'seal', run: (maintenance) => maintenance.seal() }),
  );

  app.post(
    '/v1/vacuum',
    {
      config: { ...config, about: 'Gives the space of what was deleted back to the file system.' },
      schema: { response: { 200: contract.vacuumReply } },
    },
    (request) => alone(request, { action: 'vacuum', run: (maintenance) => maintenance.vacuum() }),
  );
};

interface Work<T> {
  readonly action: string;
  readonly detail?: Detail;
  run(maintenance: Maintenance): Promise<T>;
}

/** @throws HttpError where another program keeps the data */
function maintenanceOf(store: Store): Maintenance {
  if (store.maintenance) return store.maintenance;
  const where = `another program (${store.kind}) keeps the samples of this pcd`;
  throw new HttpError(501, 'NOT_OUR_STORE', `${where}; use its own tools for this`);
}

/** `20260111-025320`, in UTC. */
function timeName(seconds: number): string {
  return new Date(seconds * 1000)
    .toISOString()
    .replaceAll(/[-:]|\..*/g, '')
    .replace('T', '-');
}
