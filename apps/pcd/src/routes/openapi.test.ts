import { Readable } from 'node:stream';
import { ApiError, Client, contract } from '@perfcollector/api';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../test-server.ts';

async function documentOf(server: TestServer): Promise<contract.OpenApiDocument> {
  return contract.openApiDocument.parse((await server.app.inject({ url: '/openapi.json' })).json());
}

/** `GET /v1/machines/:id`, of every request that is documented. */
function requestsOf({ paths }: contract.OpenApiDocument): string[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  );
}

/** The same of Fastify's own drawing of its routes, which is a tree of path parts. HEAD comes with every GET. */
function requestsOfTree(drawn: string): string[] {
  const parts: string[] = [];
  return drawn.split('\n').flatMap((line) => {
    const [, indent = '', part = '', methods = ''] = /^([│ ]*)[├└]── (\S+) \((.*)\)$/.exec(line) ?? [];
    parts.splice(indent.length / 4, Number.POSITIVE_INFINITY, part);
    const named = methods.split(', ').filter((method) => method !== '' && method !== 'HEAD');
    return named.map((method) => `${method} ${parts.join('')}`);
  });
}

describe('/openapi.json', () => {
  it('is OpenAPI 3.1, and needs no key', async () => {
    await using server = await startServer();
    const document = await documentOf(server);
    const { valid, errors } = await new Validator().validate(document);
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    expect(document.openapi).toBe('3.1.1');
  });

  it('has every request that pcd takes, and no other', async () => {
    await using server = await startServer();
    await server.app.ready();
    const registered = requestsOfTree(server.app.printRoutes({ commonPrefix: false }));
    expect(registered.length).toBeGreaterThan(20);
    expect(requestsOf(await documentOf(server)).sort()).toEqual(registered.sort());
  });

  it('says of each what it does, what it needs and what it is refused with', async () => {
    await using server = await startServer();
    const { paths } = await documentOf(server);
    expect(paths['/v1/machines/{id}/series']?.get).toMatchObject({
      operationId: 'getMachinesIdSeries',
      summary: expect.stringMatching(/\w/),
      security: [{ key: ['read'] }, { bearer: ['read'] }, { perfcollector2: ['read'] }],
      parameters: [
        { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
        { name: 'from', in: 'query', required: false, schema: { type: 'number' } },
        { name: 'to', in: 'query', required: false },
        { name: 'fields', in: 'query', required: true, explode: false, schema: { type: 'array' } },
        { name: 'points', in: 'query', required: false, schema: { minimum: 1, maximum: 10_000, default: 500 } },
      ],
      responses: {
        200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/SeriesReply' } } } },
        400: { description: expect.stringContaining('TOO_MANY_FIELDS') },
        401: { description: expect.stringContaining('BAD_KEY') },
        404: { description: expect.stringContaining('NO_MACHINE') },
      },
    });
    for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
      expect(operation).toMatchObject({ summary: expect.stringMatching(/^[A-Z].*\.$/) });
    }
  });
});

/** Requests that other programs make. */
const WITHOUT_METHOD = ['GET /v1/ping', 'GET /v1/health/live', 'GET /v1/health/ready', 'GET /metrics'];

/** One call of each method of the client; the compiler sees that none is missing. */
function callsOf(
  client: Client,
): Record<Exclude<keyof Client, 'server' | 'close' | 'destroy'>, () => Promise<unknown>> {
  return {
    ping: () => client.ping(1),
    version: () => client.version(),
    health: () => client.health(),
    logLevel: () => client.logLevel(),
    setLogLevel: () => client.setLogLevel('trace'),
    status: () => client.status(),
    openapi: () => client.openapi(),
    trickle: () => client.trickle('web01', ['{"timestamp":1,"fields":{}}']),
    upload: () => client.upload(Readable.from(['x'])),
    machines: () => client.machines(),
    machine: () => client.machine('web01'),
    deleteMachine: () => client.deleteMachine('web01'),
    collection: () => client.collection('web01', {}),
    completeness: () => client.completeness('web01'),
    series: () => client.series('web01', { fields: ['a'] }),
    keys: () => client.keys(),
    createKey: () => client.createKey({ name: 'n', scopes: ['read'] }),
    revokeKey: () => client.revokeKey('0123'),
    rotateKey: () => client.rotateKey('0123'),
    audit: () => client.audit(),
    backup: () => client.backup(),
    downloadBackup: async () => (await client.downloadBackup()).destroy(),
    prune: () => client.prune({ raw: 1 }),
    verify: () => client.verify(),
    seal: () => client.seal(),
    vacuum: () => client.vacuum(),
  };
}

describe('the client', () => {
  it('has a method for every request, and none that pcd does not know', async () => {
    await using server = await startServer();
    const asked = new Set<string>();
    server.app.addHook(
      'onRequest',
      async ({ method, routeOptions }) => void asked.add(`${method} ${routeOptions.url}`),
    );
    const url = await server.app.listen({ host: '127.0.0.1', port: 0 });
    const client = new Client({ server: url, apiKey: server.admin });
    for (const call of Object.values(callsOf(client))) {
      await call().catch((error: unknown) => expect(error).toBeInstanceOf(ApiError));
    }
    await client.destroy();
    const documented = requestsOf(await documentOf(server));
    expect([...asked, ...WITHOUT_METHOD].sort()).toEqual(documented.sort());
  });
});
