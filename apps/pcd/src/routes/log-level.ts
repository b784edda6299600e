import { contract } from '@perfcollector/api';
import type { FastifyRequest } from 'fastify';
import { callerOf } from '../authenticate.ts';
import { HttpError } from '../http-error.ts';
import { DEFAULT_TENANT } from '../keys/key-ring.ts';
import { setLogLevel } from '../log-level.ts';
import type { AddRoutes } from './context.ts';

/** How much pcd logs, until it is started anew; for those who run the server. */
export const logLevelRoutes: AddRoutes = (app) => {
  const admin = { config: { scope: 'admin' } } as const;

  app.get('/v1/loglevel', admin, async (request) => {
    checkRunsServer(request);
    return { level: app.log.level as contract.LogLevel };
  });

  app.post('/v1/loglevel', { ...admin, schema: { body: contract.logLevel } }, async (request) => {
    checkRunsServer(request);
    const { level } = request.body as { level: contract.LogLevel };
    setLogLevel(app.log, level, `set by the key ${callerOf(request).keyId}`);
    return { level };
  });
};

/** @throws HttpError */
function checkRunsServer(request: FastifyRequest): void {
  if (callerOf(request).tenant === DEFAULT_TENANT) return;
  throw new HttpError(403, 'OTHER_TENANT', "only the server's own administrators may see and change what it logs");
}
