import type { FastifyInstance } from 'fastify';
import { HttpError } from './http-error.ts';

export const stoppingRefusal = () => new HttpError(503, 'STOPPING', 'this pcd is stopping; send it again later');

/**
 * A server that stops finishes what it has begun, takes nothing new on the connections that it still has, and waits for
 * them: those that have nothing more to do are closed as they become idle.
 */
export function stopInOrder(app: FastifyInstance): void {
  let isStopping = false;
  app.addHook('preClose', async () => {
    isStopping = true;
  });
  app.addHook('onRequest', async (request) => {
    if (isStopping && !request.routeOptions.url?.startsWith('/v1/health')) throw stoppingRefusal();
  });
  app.addHook('onResponse', async () => {
    if (isStopping) setImmediate(() => app.server.closeIdleConnections());
  });
}
