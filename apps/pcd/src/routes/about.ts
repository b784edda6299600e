import { contract } from '@perfcollector/api';
import type { z } from 'zod';
import type { AddRoutes } from './context.ts';

/** Nobody needs a key to ping, and it is a number that is sent. */
const PING_BYTES = 4096;

/** Ping and version: what anyone may ask. */
export const aboutRoutes: AddRoutes = (app, { version, build: { commit, date }, now }) => {
  const pong = (request: z.infer<typeof contract.pingRequest>): contract.PingReply => {
    const origin = request?.timestamp ?? null;
    // perfcollector2's clients count in whole seconds and read nothing else; who sends a fraction can read one.
    const timestamp = Number.isInteger(origin ?? 0) ? Math.floor(now()) : now();
    return { origintimestamp: origin, timestamp };
  };
  const ping = { config: { about: "Gives a timestamp back, with the server's clock." } };
  const response = { 200: contract.pingReply };
  app.get('/v1/ping', { ...ping, schema: { querystring: contract.pingQuery, response } }, async ({ query }) =>
    pong(query),
  );
  app.post(
    '/v1/ping',
    { ...ping, schema: { body: contract.pingRequest, response }, bodyLimit: PING_BYTES },
    async ({ body }) => pong(body),
  );

  app.get(
    '/v1/version',
    { config: { about: 'What answers here.' }, schema: { response: { 200: contract.versionReply } } },
    async () => ({ name: 'pcd', version, api: 'v1', commit, date }) as const,
  );
};
