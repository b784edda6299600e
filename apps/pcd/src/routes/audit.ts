import { contract } from '@perfcollector/api';
import { callerOf } from '../authenticate.ts';
import { HttpError } from '../http-error.ts';
import { DEFAULT_TENANT } from '../keys/key-ring.ts';
import type { AddRoutes } from './context.ts';

/** What administrators did: to those of a tenant what concerns it, to those who run the server all. */
export const auditRoutes: AddRoutes = (app, { audit }) => {
  const options = {
    config: { scope: 'admin', about: 'What administrators did, the newest first.', errors: ['OTHER_TENANT'] },
    schema: { querystring: contract.auditQuery, response: { 200: contract.auditReply } },
  } as const;
  app.get('/v1/audit', options, async (request) => {
    const { query } = request;
    const own = callerOf(request).tenant;
    if (own === DEFAULT_TENANT) return { entries: await audit.list(query) };
    if (query.tenant !== undefined && query.tenant !== own) {
      throw new HttpError(
        403,
        'OTHER_TENANT',
        `only the server's own administrators see what concerns "${query.tenant}"`,
      );
    }
    return { entries: await audit.list({ ...query, tenant: own }) };
  });
};
