import { contract } from '@perfcollector/api';
import type { z } from 'zod';
import type { AddRoutes } from './context.ts';

/** Ping and version: what anyone may ask. */
export const aboutRoutes: AddRoutes = (app, { version, now }) => {
  const pong = (request: z.infer<typeof contract.pingRequest>): contract.PingReply => {
    const origin = request?.timestamp ?? null;
    // perfcollector2's clients count in whole seconds and read nothing else.
    const timestamp = origin !== null && Number.isInteger(origin) ? Math.floor(now()) : now();
    return { origintimestamp: origin, timestamp };
  };
  app.get('/v1/ping', { schema: { querystring: contract.pingQuery } }, async ({ query }) =>
    pong(query as z.infer<typeof contract.pingQuery>),
  );
  app.post('/v1/ping', { schema: { body: contract.pingRequest } }, async ({ body }) =>
    pong(body as z.infer<typeof contract.pingRequest>),
  );
  app.get('/v1/version', async (): Promise<contract.VersionReply> => ({ name: 'pcd', version, api: 'v1' }));
};
