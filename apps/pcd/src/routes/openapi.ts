import { contract } from '@perfcollector/api';
import { type DescribedRoute, describeApi } from '../openapi/describe-api.ts';
import type { AddRoutes } from './context.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Describes all routes, in OpenAPI. */
    openapi(): contract.OpenApiDocument;
  }
}

/** The description of all routes for programs. It is added first, and sees those that come after it. */
export const openapiRoutes: AddRoutes = (app, { version }) => {
  const routes: DescribedRoute[] = [];
  app.addHook('onRoute', (route) => {
    if (route.method !== 'HEAD') routes.push(route);
  });

  let document: contract.OpenApiDocument | undefined;
  app.decorate('openapi', () => {
    document ??= contract.openApiDocument.parse(describeApi(routes, version));
    return document;
  });
  app.get(
    '/openapi.json',
    {
      config: { about: 'This document.' },
      schema: { response: { 200: contract.openApiDocument } },
    },
    async () => app.openapi(),
  );
};
