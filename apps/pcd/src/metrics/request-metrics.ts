import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, Histogram, type Registry } from 'prom-client';
import { SECONDS } from './buckets.ts';

/** Counts and times requests. They go by the patterns of routes: addresses could be any number, and hold anything. */
export function countRequests(registry: Registry): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  const registers = [registry];
  const requests = new Counter({
    name: 'pcd_http_requests_total',
    help: 'Requests that were answered.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'pcd_http_request_duration_seconds',
    help: 'From the head of a request to the end of its answer.',
    labelNames: ['method', 'route'],
    buckets: SECONDS,
    registers,
  });
  const rejections = new Counter({
    name: 'pcd_http_rejections_total',
    help: 'Requests that were refused, by the code of the answer.',
    labelNames: ['code'],
    registers,
  });
  return async ({ method, routeOptions }, reply) => {
    const route = routeOptions.url ?? 'none';
    requests.inc({ method, route, status: reply.statusCode });
    seconds.observe({ method, route }, reply.elapsedTime / 1000);
    if (reply.refusal !== undefined) rejections.inc({ code: reply.refusal });
  };
}
