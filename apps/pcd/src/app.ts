import type { Socket } from 'node:net';
import { parseJson } from '@perfcollector/procfs';
import Fastify, {
  type FastifyBodyParser,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { refusalAuditor } from './audit-log.ts';
import { authenticator } from './authenticate.ts';
import { BAD_JSON, BODY_LIMIT, HttpError, toHttpError } from './http-error.ts';
import type { RouteContext } from './routes/context.ts';
import { resources } from './routes/index.ts';
import { unpackBody } from './unpack-body.ts';

/** Identifiers are short; a path part this long still reaches the check that says so. */
const LONGEST_PATH_PART = 16 * 1024;

/** Puts the server together without listening. */
export function buildApp(context: RouteContext, logger: Logger): FastifyInstance {
  const app = Fastify({
    loggerInstance: logger,
    // Our own line for each request names no header, no body and no query, where a key could stand.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: LONGEST_PATH_PART },
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
    clientErrorHandler: answerMalformed,
  }) as unknown as FastifyInstance;
  app.decorateRequest('caller', undefined);
  parseJsonExactly(app);
  closeWhenIdle(app);
  app.setValidatorCompiler(
    ({ schema, httpPart }) =>
      (data: unknown) =>
        check(schema as unknown as z.ZodType, data, httpPart),
  );
  // The schemas of replies are for their types and for /openapi.json: what a route gives is sent as it is.
  app.setSerializerCompiler(() => (reply) => JSON.stringify(reply));
  app.addHook('onRequest', authenticator(context.keys));
  app.addHook('onSend', refusalAuditor(context.audit));
  app.addHook('preParsing', (request, _reply, payload) => unpackBody(request, payload));
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

/** What the framework takes a missing Content-Type for: perfcollector2's agents do not say what they send. */
const NO_TYPE = /^$/;

/** JSON that keeps the digits of integers above 2^53, which the framework's parser would round. */
function parseJsonExactly(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json');
  const parse: FastifyBodyParser<string> = (_request, body, done) => {
    try {
      done(null, parseJson(body));
    } catch {
      done(new HttpError(...BAD_JSON));
    }
  };
  for (const type of ['application/json', NO_TYPE]) app.addContentTypeParser(type, { parseAs: 'string' }, parse);
}

/** A server that stops waits for its connections: those that have nothing more to do are closed as they become idle. */
function closeWhenIdle(app: FastifyInstance): void {
  let isStopping = false;
  app.addHook('preClose', async () => {
    isStopping = true;
  });
  app.addHook('onResponse', async () => {
    if (isStopping) setImmediate(() => app.server.closeIdleConnections());
  });
}

/** What is no HTTP at all reaches no route; it gets an answer of the same shape. */
function answerMalformed(_error: Error, socket: Socket): void {
  if (!socket.writable) return;
  const body = JSON.stringify({ error: 'the request is not HTTP as it should be', code: 'BAD_REQUEST' });
  const head = `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  socket.end(`${head}Connection: close\r\n\r\n${body}`);
}

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
  if (answer.statusCode >= 500) request.log.error({ err: error }, 'request failed');
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
