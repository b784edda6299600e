import { contract } from '@perfcollector/api';
import type { FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { checkRunsServer } from '../authenticate.ts';
import { countRequests } from '../metrics/request-metrics.ts';
import { tellStore } from '../metrics/store-metrics.ts';
import { tellTraffic } from '../metrics/traffic-metrics.ts';
import type { AddRoutes, RouteContext } from './context.ts';

/** The server's own numbers, for Prometheus; of no tenant's machines by name. */
export const metricsRoutes: AddRoutes = (app, context) => {
  const registry = new Registry();
  app.addHook('onResponse', countRequests(registry));
  tellTraffic(registry, context);
  context.commits.addTo(registry);
  const readStore = tellStore(registry, context);
  tellBuild(registry, context);

  let isWatched = false;
  app.get(
    '/metrics',
    {
      config: {
        scope: 'read',
        isOpenTo: openTo(context.metricsOpen),
        about: "The server's own numbers, for Prometheus; without a key where `--metrics-open` says so.",
        errors: ['OTHER_TENANT'],
      },
      schema: { response: { 200: { content: { 'text/plain': { schema: contract.metricsText } } } } },
    },
    async (request, reply) => {
      if (request.caller) checkRunsServer(request, 'see its numbers');
      // Process metrics watch the event loop and the memory: nobody pays for that whose pcd is not scraped.
      if (!isWatched) collectDefaultMetrics({ register: registry });
      isWatched = true;
      await readStore();
      reply.type(registry.contentType);
      return reply.send(await registry.metrics());
    },
  );
};

function tellBuild(registry: Registry, { version, build: { commit } }: RouteContext): void {
  const about = { name: 'pcd_build_info', help: 'Which pcd this is.', labelNames: ['version', 'revision'] };
  new Gauge({ ...about, registers: [registry] }).set({ version, ...(commit && { revision: commit }) }, 1);
}

/** Who needs no key. */
function openTo(open: RouteContext['metricsOpen']): (request: FastifyRequest) => boolean {
  if (open === 'all') return () => true;
  return (request) => open === 'loopback' && isFromHere(request);
}

/** What a proxy of this machine passes on also comes from here, and is not. */
function isFromHere({ socket, headers }: FastifyRequest): boolean {
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) return false;
  const { remoteAddress } = socket; // a Unix socket has none
  return remoteAddress === undefined || /^(::ffff:)?127\.|^::1$/.test(remoteAddress);
}
