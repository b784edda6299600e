import type { Scope } from '@perfcollector/api';
import type { FastifyRequest } from 'fastify';
import { HttpError, unknownMachine } from './http-error.ts';
import { type Caller, DEFAULT_TENANT, type KeyRing } from './keys/key-ring.ts';
import { isForMachine } from './keys/machine-pattern.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the caller's key must be allowed to do; a route without it takes no key. */
    scope?: Scope;
    /**
     * The route itself keeps a key that is for some machines to them. Those of one machine need not; every other one
     * refuses such a key.
     */
    checksMachines?: true;
    /** Who needs no key although the route has a scope. */
    isOpenTo?: (request: FastifyRequest) => boolean;
  }
  interface FastifyRequest {
    caller: Caller | undefined;
  }
}

/** A request that has been through here. */
export type Called = Pick<FastifyRequest, 'caller' | 'ip'>;

/** Who sends a request to a route that needs a scope. */
export function callerOf(request: Called): Caller {
  if (!request.caller) throw new Error('BUG: a route without a scope asked who calls');
  return request.caller;
}

/**
 * What is about all tenants is for those who run the server.
 * @throws HttpError
 */
export function checkRunsServer(request: Called, act: string): void {
  if (callerOf(request).tenant === DEFAULT_TENANT) return;
  throw new HttpError(403, 'OTHER_TENANT', `only the server's own administrators may ${act}`);
}

/**
 * Lets a request through to a route that needs a scope only with a key that has it.
 * @throws HttpError 401 without a valid key, 403 without the scope, or what `checkMachines` throws
 */
export function authenticator(ring: KeyRing): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const { scope, isOpenTo } = request.routeOptions.config;
    if (!scope || isOpenTo?.(request)) return;
    const key = keyOf(request);
    if (key === undefined) {
      throw new HttpError(401, 'NO_KEY', 'this needs an API key; send it in the X-API-Key header');
    }
    const caller = ring.identify(key);
    if (!caller) throw new HttpError(401, 'BAD_KEY', 'the API key is not valid: mistyped, revoked or expired');
    request.caller = caller;
    if (!caller.scopes.includes(scope)) {
      throw new HttpError(403, 'MISSING_SCOPE', `the API key may not do this: it lacks the scope "${scope}"`);
    }
    checkMachines(request, caller);
  };
}

/**
 * Keeps a key that is for some machines to them.
 * @throws HttpError 404 for another machine, as if it were not there; 403 where a route is about no machine
 */
function checkMachines({ routeOptions: { url, config }, params }: FastifyRequest, caller: Caller): void {
  if (caller.machines === null || config.checksMachines) return;
  if (!url?.startsWith('/v1/machines/:id')) {
    const said = `the API key is for the machines ${caller.machines} alone, and this is about more than them`;
    throw new HttpError(403, 'SOME_MACHINES', said);
  }
  const { id } = params as { id: string };
  if (!isForMachine(caller, id)) throw unknownMachine(id);
}

/** `X-API-Key`, `Authorization: Bearer`, or perfcollector2's `apikey`. */
function keyOf({ headers }: FastifyRequest): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  const [key] = [headers['x-api-key'], bearer, headers.apikey]
    .flat()
    .filter((value) => value !== undefined && value !== '');
  return key;
}
