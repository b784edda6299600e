import { contract } from '@perfcollector/api';
import type { Store } from '@perfcollector/storage';
import type { FastifyReply } from 'fastify';
import { HttpError, toHttpError } from '../http-error.ts';
import { stoppingRefusal } from '../stopping.ts';
import type { AddRoutes } from './context.ts';

/** A store that takes longer to do nothing takes too long for samples, too. */
const PATIENCE_MS = 2000;

/**
 * Liveness and readiness, for supervisors and load balancers, without a key. Who does not answer `live` is to be started
 * anew; who is not `ready` is to be left alone for a while.
 */
export const healthRoutes: AddRoutes = (app, { store }) => {
  const problemOf = storeProbe(store);
  let isStopping = false;
  app.addHook('preClose', async () => {
    isStopping = true;
  });
  const ready = async (_request: unknown, reply: FastifyReply): Promise<Health> => {
    const problem = isStopping ? stoppingRefusal() : await problemOf();
    if (!problem) return { status: 'ok' };
    reply.code(503);
    return { status: 'unavailable', error: problem.message, code: problem.code };
  };
  const response = { 200: contract.healthReply, 503: contract.unhealthyReply };
  const readiness = { config: { about: 'Whether samples can be stored and read.' }, schema: { response } };
  app.get('/v1/health', readiness, ready);
  app.get('/v1/health/ready', readiness, ready);
  app.get(
    '/v1/health/live',
    { config: { about: 'Whether the server answers at all.' }, schema: { response: { 200: contract.healthReply } } },
    async () => ({ status: 'ok' }) as const,
  );
};

type Health = { readonly status: 'ok' } | contract.UnhealthyReply;

/** Asks the store whether it answers; all who ask meanwhile share one question, for anyone may ask. */
function storeProbe(store: Store): () => Promise<HttpError | undefined> {
  let asked: Promise<HttpError | undefined> | undefined;
  return () => {
    asked ??= askStore(store).finally(() => {
      asked = undefined;
    });
    return asked;
  };
}

async function askStore(store: Store): Promise<HttpError | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<HttpError>();
  const seconds = PATIENCE_MS / 1000;
  const timer = setTimeout(
    () => resolve(new HttpError(503, 'STORE_SLOW', `the store did not answer within ${seconds} s`)),
    PATIENCE_MS,
  );
  const answered = store.ready().then(() => undefined, toHttpError);
  const problem = await Promise.race([answered, late]);
  clearTimeout(timer);
  return problem;
}
