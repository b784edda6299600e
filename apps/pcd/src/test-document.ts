import type { contract } from '@perfcollector/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

/** What of the document says how an answer may be. */
const operation = z.object({
  responses: z.record(
    z.string(),
    z.object({ content: z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) })) }),
  ),
});
const refusal = z.object({ error: z.string(), code: z.string() });
const codesSchema = z.object({
  allOf: z.tuple([z.unknown(), z.object({ properties: z.object({ code: z.object({ enum: z.array(z.string()) }) }) })]),
});

/**
 * Holds every answer that a server gives to a test against its own `/openapi.json`: the status, the type, the code of a
 * refusal, and that the body is what its schema says, nothing missing and nothing more.
 * @returns what was not as it is documented
 */
export function holdToDocument(app: FastifyInstance): readonly string[] {
  const problems: string[] = [];
  app.addHook('onSend', async (request, reply, payload) => {
    const { url } = request.routeOptions;
    if (url === undefined || request.method === 'HEAD') return payload;
    const problem = problemOf(app.openapi(), { request, reply, payload });
    if (problem !== undefined) problems.push(`${request.method} ${url} answered ${reply.statusCode}: ${problem}`);
    return payload;
  });
  return problems;
}

interface Answer {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly payload: unknown;
}

function problemOf(document: contract.OpenApiDocument, { request, reply, payload }: Answer): string | undefined {
  const { url = '', schema } = request.routeOptions;
  const described = document.paths[url.replaceAll(/:(\w+)/g, '{$1}')]?.[request.method.toLowerCase()];
  if (described === undefined) return 'the request is not documented';
  const content = operation.parse(described).responses[String(reply.statusCode)]?.content;
  const media = content?.[String(reply.getHeader('content-type')).split(';')[0] ?? ''];
  if (!media) return 'neither this status nor this type is documented';
  if (typeof payload !== 'string') return undefined;
  const declared = (schema?.response as Record<number, unknown> | undefined)?.[reply.statusCode];
  if (declared instanceof z.ZodType) return problemOfBody(declared, payload);
  const documented = codesSchema.safeParse(media.schema);
  if (!documented.success) return undefined;
  const { code } = refusal.parse(JSON.parse(payload));
  return documented.data.allOf[1].properties.code.enum.includes(code)
    ? undefined
    : `the code ${code} is not documented`;
}

/** A schema passes over what it does not know, and a reader of the document would not know of it. */
function problemOfBody(schema: z.ZodType, payload: string): string | undefined {
  const sent: unknown = JSON.parse(payload);
  const { success, data, error } = schema.safeParse(sent);
  if (!success) return z.prettifyError(error);
  return JSON.stringify(data).length === JSON.stringify(sent).length
    ? undefined
    : `more than is documented: ${payload}`;
}
