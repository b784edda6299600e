import type { ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { ErrorCode } from '@perfcollector/api';
import Fastify, {
  type ConnectionError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  type RequestPayload,
} from 'fastify';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { refusalAuditor } from './audit-log.ts';
import { authenticator } from './authenticate.ts';
import { BODY_LIMIT, HttpError, toHttpError } from './http-error.ts';
import { parseJsonBody } from './json-body.ts';
import { admitter } from './limits/admission.ts';
import { limitConnections } from './limits/connections.ts';
import { heldBody } from './limits/held-body.ts';
import { cutStalled } from './limits/progress.ts';
import { rateLimited } from './limits/rate-limits.ts';
import { timeoutsOf } from './limits/timeouts.ts';
import type { TrustedProxies } from './listen/trusted-proxies.ts';
import { requestIdOf, tellRequestId } from './request-id.ts';
import type { RouteContext } from './routes/context.ts';
import { resources } from './routes/index.ts';
import { stopInOrder } from './stopping.ts';

/** Identifiers are short; a path part this long still reaches the check that says so. */
const LONGEST_PATH_PART = 16 * 1024;

declare module 'fastify' {
  interface FastifyReply {
    /** With which code it refuses, where it does. */
    refusal: ErrorCode | undefined;
  }
}

/** How requests arrive. */
export interface Transport {
  /** Undefined for plain HTTP. */
  readonly tls?: ServerOptions | undefined;
  /** Whose `X-Forwarded-For` says where a request comes from; nobody's where it is undefined. */
  readonly trustProxy?: TrustedProxies | undefined;
}

/** Puts the server together without listening. */
export function buildApp(context: RouteContext, logger: Logger, transport: Transport = {}): FastifyInstance {
  const { limits } = context;
  const app = Fastify({
    loggerInstance: logger,
    ...(transport.tls ? { https: { ...transport.tls, ...timeoutsOf(limits) } } : { http: timeoutsOf(limits) }),
    trustProxy: transport.trustProxy ?? false,
    genReqId: requestIdOf,
    // Our own line for each request names no header, no body and no query, where a key could stand.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: LONGEST_PATH_PART },
    forceCloseConnections: 'idle',
    return503OnClosing: false, // stopInOrder answers as every refusal does
    keepAliveTimeout: limits.idleMs,
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
    clientErrorHandler: answerMalformed,
  }) as unknown as FastifyInstance;
  app.decorateRequest('caller', undefined);
  app.decorateRequest('ticket', undefined);
  app.decorateReply('refusal', undefined);
  limitConnections(app.server, limits);
  cutStalled(app.server, limits.stallMs);
  parseJsonExactly(app);
  app.addHook('onRequest', async (request, reply) => tellRequestId(request, reply));
  stopInOrder(app);
  app.setValidatorCompiler(
    ({ schema, httpPart }) =>
      (data: unknown) =>
        check(schema as unknown as z.ZodType, data, httpPart),
  );
  // The schemas of replies are for their types and for /openapi.json: what a route gives is sent as it is.
  app.setSerializerCompiler(() => (reply) => JSON.stringify(reply));
  app.addHook('onRequest', rateLimited(app, limits, authenticator(context.keys)));
  app.addHook('onRequest', admitter(context.admission));
  app.addHook('onRequest', assumeJson);
  app.addHook('onSend', refusalAuditor(context.audit));
  app.addHook('onResponse', logRequest);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request) => {
    throw new HttpError(
      404,
      'NO_ROUTE',
      `there is no ${request.method} ${request.url.split('?')[0]?.slice(0, 200)} here`,
    );
  });
  for (const addRoutes of resources) addRoutes(app.withTypeProvider(), context);
  return app;
}

/** The framework's own parser would round integers above 2^53. */
function parseJsonExactly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', async (request: FastifyRequest, payload: RequestPayload) => {
    return parseJsonBody(await heldBody(request, payload));
  });
}

/** Agents of perfcollector2 do not say of what type their bodies are. */
async function assumeJson({ headers }: FastifyRequest): Promise<void> {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (hasBody) headers['content-type'] ??= 'application/json';
}

/** What is no HTTP at all, or not in time, reaches no route; it gets an answer of the same shape. */
function answerMalformed({ code }: ConnectionError, socket: Socket): void {
  if (!socket.writable) return void socket.destroy();
  const [status, answer] = MALFORMED.get(code) ?? NOT_HTTP;
  const body = JSON.stringify(answer);
  const head = `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  socket.end(`${head}Connection: close\r\n\r\n${body}`, () => socket.destroy());
}

type Malformed = [status: string, answer: { error: string; code: ErrorCode }];

const NOT_HTTP: Malformed = [
  '400 Bad Request',
  { error: 'the request is not HTTP as it should be', code: 'BAD_REQUEST' },
];
const MALFORMED = new Map<string, Malformed>([
  ['ERR_HTTP_REQUEST_TIMEOUT', ['408 Request Timeout', { error: 'the request did not come in time', code: 'TIMEOUT' }]],
  [
    'HPE_HEADER_OVERFLOW',
    ['431 Request Header Fields Too Large', { error: 'the head of the request is too long', code: 'TOO_LARGE' }],
  ],
]);

function check(schema: z.ZodType, data: unknown, part = 'request') {
  const { success, data: value, error } = schema.safeParse(data);
  if (success) return { value };
  const [issue] = error.issues;
  const where = issue && issue.path.length > 0 ? `"${issue.path.join('.')}" in the ${part}` : `the ${part}`;
  return {
    error: new HttpError(400, 'BAD_REQUEST', `${where}: ${issue ? inOurWords(issue.message) : 'not as expected'}`),
  };
}

/** `Invalid input: expected string, received undefined` is for programmers. */
function inOurWords(message: string): string {
  return message
    .replace(/^Invalid input: /, '')
    .replace('received undefined', 'it is missing')
    .replace('received', 'got');
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const answer = toHttpError(error);
  if (answer.statusCode >= 500 && answer !== error) request.log.error({ err: error }, 'request failed');
  if (answer.statusCode === 503) reply.header('retry-after', 1);
  tellRequestId(request, reply); // what is no request for the framework passed no hook
  reply.refusal = answer.code;
  reply.code(answer.statusCode).send({ error: answer.message, code: answer.code });
}

async function logRequest(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const level = reply.statusCode >= 400 ? 'info' : 'debug';
  request.log[level](
    {
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      tenant: request.caller?.tenant,
      key: request.caller?.keyId,
    },
    'request',
  );
}
