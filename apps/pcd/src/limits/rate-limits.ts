import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpError } from '../http-error.ts';
import { addressOf } from './connections.ts';
import type { Limits } from './limits.ts';
import { RateCounter } from './rate-counter.ts';

type Authenticate = (request: FastifyRequest) => Promise<void>;
type Check = (request: FastifyRequest, options?: { increment: boolean }) => Promise<Spent>;
type Spent = Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>;

const WINDOW_MS = 1000;

/**
 * Authenticates, and counts requests by the second: those with a valid key for the key, all others for the address that
 * they come from. Who tries keys has no more tries than that; a key that a person chose could be guessed, so none of those
 * is taken from an address that has used them up. Keys that pcd made cannot be guessed: they go on beside it.
 *
 * Answers carry the standard's headers (draft-ietf-httpapi-ratelimit-headers): `RateLimit-Policy`, `RateLimit`.
 * @throws HttpError 429 with `Retry-After`, and what authenticating throws
 */
export function rateLimited(
  app: FastifyInstance,
  limits: Pick<Limits, 'keyRate' | 'addressRate'>,
  authenticate: Authenticate,
) {
  let [ofKey, ofAddress]: (Check | undefined)[] = [];
  app.register(rateLimit, { global: false, store: RateCounter }).after(() => {
    const both = { timeWindow: WINDOW_MS };
    ofKey = app.createRateLimit({ ...both, max: limits.keyRate, keyGenerator: keyOf });
    ofAddress = app.createRateLimit({ ...both, max: limits.addressRate, keyGenerator: ({ ip }) => addressOf(ip) });
  });
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (!ofKey || !ofAddress) throw new Error('BUG: a request came before the server was ready');
    try {
      await authenticate(request);
    } catch (error) {
      tell(reply, 'address', await ofAddress(request));
      throw error;
    }
    if (!request.caller) return tell(reply, 'address', await ofAddress(request));
    if (request.caller.keyId === undefined) tell(reply, 'address', await ofAddress(request, { increment: false }));
    tell(reply, 'key', await ofKey(request));
  };
}

/** What a valid key is counted as: keys of the file have no id, and are counted for each address that they come from. */
export function keyOf({ caller, ip }: FastifyRequest): string {
  return caller?.keyId ?? `file ${addressOf(ip)}`;
}

function tell(reply: FastifyReply, of: 'key' | 'address', spent: Spent): void {
  if (spent.isAllowed) return;
  const { max, remaining, ttlInSeconds, isExceeded } = spent;
  reply.header('ratelimit-policy', `"${of}";q=${max};w=${WINDOW_MS / 1000}`);
  reply.header('ratelimit', `"${of}";r=${remaining};t=${ttlInSeconds}`);
  if (!isExceeded) return;
  reply.header('retry-after', ttlInSeconds);
  const whose = of === 'key' ? 'with this key' : 'without a valid key from this address';
  throw new HttpError(429, 'TOO_MANY_REQUESTS', `more than ${max} requests a second ${whose}; send it again later`);
}
