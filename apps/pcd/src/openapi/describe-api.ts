import { contract, ERROR_CODES, type ErrorCode } from '@perfcollector/api';
import type { FastifySchema, RouteOptions } from 'fastify';
import { z } from 'zod';
import { schemaDescriber } from './describe-schema.ts';

/** What a route says of itself, as `onRoute` gives it. */
export type DescribedRoute = Pick<RouteOptions, 'method' | 'url' | 'schema' | 'config'>;

type Json = Readonly<Record<string, unknown>>;

/** The OpenAPI document of these routes: https://spec.openapis.org/oas/v3.1.1. */
export function describeApi(routes: readonly DescribedRoute[], version: string): Json {
  const { describe, components } = schemaDescriber();
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [String(route.method).toLowerCase()]: describeRoute(route, describe) };
  }
  return {
    openapi: '3.1.1',
    info: { title: 'pcd', version, description: ABOUT, license: { name: 'MIT', identifier: 'MIT' } },
    paths,
    components: { securitySchemes: SECURITY_SCHEMES, schemas: components() },
  };
}

const ABOUT =
  'The central collector of perfcollector. Times are Unix seconds. Refusals are `{"error": "<sentence>", "code": "<CODE>"}`.';

/** Any one of them is enough. */
const SECURITY_SCHEMES = {
  key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  bearer: { type: 'http', scheme: 'bearer' },
  perfcollector2: {
    type: 'apiKey',
    in: 'header',
    name: 'apikey',
    description: "The header of perfcollector2's agents.",
  },
};

type Describe = (schema: z.ZodType) => Json;

function describeRoute({ method, url, schema = {}, config = {} }: DescribedRoute, describe: Describe): Json {
  const body = describeBody({ schema, takes: config.takes }, describe);
  const codes = codesOf(config, body !== undefined);
  return {
    operationId: nameOf(String(method), url),
    summary: config.about,
    tags: [
      url
        .split('/')
        .at(url.startsWith('/v1/') ? 2 : 1)
        ?.replace(/\..*/, ''),
    ],
    // The names are those of scopes: what the key must be allowed to do.
    security: config.scope ? Object.keys(SECURITY_SCHEMES).map((name) => ({ [name]: [config.scope] })) : [],
    parameters: [
      ...parametersOf('path', schema.params),
      ...parametersOf('query', schema.querystring),
      ...(body ? [CONTENT_ENCODING] : []),
    ],
    ...(body && { requestBody: body }),
    responses: { ...describeErrors(codes, describe), ...describeReplies(schema.response, describe) },
  };
}

/** `get /v1/machines/:id/series` is `getMachinesIdSeries`. */
function nameOf(method: string, url: string): string {
  const words = url.replace('/v1/', '/').split(/[^A-Za-z]+/);
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

const CONTENT_ENCODING = {
  name: 'Content-Encoding',
  in: 'header',
  description: 'How the body is packed.',
  schema: { type: 'string', enum: ['identity', 'gzip', 'x-gzip', 'zstd'] },
};

/** Lists are written with commas. */
function parametersOf(place: 'path' | 'query', schema: unknown): Json[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => ({
    name,
    in: place,
    required: !field.isOptional(),
    ...(place === 'query' && { style: 'form', explode: false }),
    schema: parameterSchema(field),
  }));
}

/** As it is after it was read from the address: a number and not its digits. */
function parameterSchema(field: z.ZodType): Json {
  const { $schema, ...described } = z.toJSONSchema(field, { io: 'output' });
  return described;
}

function describeBody({ schema, takes }: { schema: FastifySchema; takes: string | undefined }, describe: Describe) {
  if (takes !== undefined) return { required: true, content: { [takes]: { schema: {} } } };
  if (!(schema.body instanceof z.ZodType)) return undefined;
  const content = { 'application/json': { schema: describe(schema.body) } };
  return { required: !schema.body.isOptional(), content };
}

function describeReplies(replies: unknown, describe: Describe): Json {
  const described = Object.entries(replies ?? {}).map(([status, reply]: [string, unknown]) => {
    const content = reply instanceof z.ZodType ? { 'application/json': { schema: reply } } : contentOf(reply);
    const media = Object.entries(content).map(([type, { schema }]) => [type, { schema: describe(schema) }]);
    return [status, { description: status < '300' ? 'Done.' : 'Not done.', content: Object.fromEntries(media) }];
  });
  return Object.fromEntries(described) as Json;
}

/** Of a reply that is no JSON, as Fastify has it. */
function contentOf(reply: unknown): Record<string, { schema: z.ZodType }> {
  return (reply as { content: Record<string, { schema: z.ZodType }> }).content;
}

/** Every code that a request to the route may be refused with. */
function codesOf({ scope, errors = [] }: NonNullable<DescribedRoute['config']>, hasBody: boolean): ErrorCode[] {
  const codes = Object.keys(ERROR_CODES) as ErrorCode[];
  return codes.filter((code) => {
    const { where } = ERROR_CODES[code];
    return where === 'any' || (where === 'keyed' && scope) || (where === 'body' && hasBody) || errors.includes(code);
  });
}

function describeErrors(codes: readonly ErrorCode[], describe: Describe): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    for (const status of ERROR_CODES[code].statuses) byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    Array.from(byStatus, ([status, some]) => {
      const description = some.map((code) => `${code}: ${ERROR_CODES[code].about}`).join(' ');
      const schema = { allOf: [describe(contract.errorReply), { properties: { code: { enum: some } } }] };
      return [String(status), { description, content: { 'application/json': { schema } } }];
    }),
  );
}
