import { contract } from '@perfcollector/api';
import { type Called, callerOf } from '../authenticate.ts';
import { HttpError } from '../http-error.ts';
import { DEFAULT_TENANT } from '../keys/key-ring.ts';
import { setLogLevel } from '../log-level.ts';
import type { AddRoutes } from './context.ts';

/** How much pcd logs, until it is started anew; for those who run the server. */
export const logLevelRoutes: AddRoutes = (app) => {
  const config = { scope: 'admin', errors: ['OTHER_TENANT'] } as const;
  const response = { 200: contract.logLevel };

  app.get(
    '/v1/loglevel',
    { config: { ...config, about: 'How much pcd logs.' }, schema: { response } },
    async (request) => {
      checkRunsServer(request);
      return { level: app.log.level as contract.LogLevel };
    },
  );

  app.post(
    '/v1/loglevel',
    {
      config: { ...config, about: 'Changes how much pcd logs, until it is started anew.' },
      schema: { body: contract.logLevel, response },
    },
    async (request) => {
      checkRunsServer(request);
      const { level } = request.body;
      setLogLevel(app.log, level, `set by the key ${callerOf(request).keyId ?? 'of the server'}`);
      return { level };
    },
  );
};

/** @throws HttpError */
function checkRunsServer(request: Called): void {
  if (callerOf(request).tenant === DEFAULT_TENANT) return;
  throw new HttpError(403, 'OTHER_TENANT', "only the server's own administrators may see and change what it logs");
}
