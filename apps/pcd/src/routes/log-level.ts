import { contract } from '@perfcollector/api';
import { callerOf, checkRunsServer } from '../authenticate.ts';
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
      checkRunsServer(request, 'see and change what it logs');
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
      checkRunsServer(request, 'see and change what it logs');
      const { level } = request.body;
      setLogLevel(app.log, level, `set by the key ${callerOf(request).keyId ?? 'of the server'}`);
      return { level };
    },
  );
};
