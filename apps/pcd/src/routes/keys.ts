import { contract, type Scope } from '@perfcollector/api';
import type { StoredKey } from '@perfcollector/storage';
import type { Detail } from '../audit-log.ts';
import { type Called, callerOf } from '../authenticate.ts';
import { HttpError } from '../http-error.ts';
import { type Announce, type Caller, DEFAULT_TENANT, type IssuedKey } from '../keys/key-ring.ts';
import type { AddRoutes } from './context.ts';

/** Managed keys. Administrators see and change those of their own tenant; those who run the server, all. */
export const keyRoutes: AddRoutes = (app, { keys, audit, now }) => {
  const one = { params: contract.keyParams };

  const find = (request: Called & { readonly params: { readonly id: string } }): StoredKey => {
    const { id } = request.params;
    const found = keys.find(id);
    if (found && maySee(callerOf(request), found)) return found;
    throw unknownKey(id);
  };

  /** Writes down what happens to a key, right before it does. */
  const announce =
    (request: Called, action: string, more: Detail = {}): Announce =>
    ({ id, tenant, name, scopes, expires, machines }) => {
      const detail = { name, scopes: scopes.join(','), expires, machines, ...more };
      return audit.write(request, action, { tenant, target: id, detail });
    };

  app.get(
    '/v1/keys',
    {
      config: { scope: 'admin', about: 'Lists the keys; none of their secrets.' },
      schema: { response: { 200: contract.keyList } },
    },
    async (request) => {
      const seen = keys.list().filter((key) => maySee(callerOf(request), key));
      return { keys: seen.map((key) => describe(key, now())) };
    },
  );

  app.post(
    '/v1/keys',
    {
      config: { scope: 'admin', about: 'Makes a key.', errors: ['BAD_EXPIRY', 'OTHER_TENANT'] },
      schema: { body: contract.keyRequest, response: { 201: contract.newKey } },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { name, scopes, expires = null, tenant = caller.tenant, machines = null } = request.body;
      if (expires !== null && expires <= now()) {
        throw new HttpError(400, 'BAD_EXPIRY', 'the key would have expired already; expected a time to come');
      }
      if (!maySee(caller, { tenant })) {
        const said = `only the server's own administrators may make keys for the tenant "${tenant}"`;
        throw new HttpError(403, 'OTHER_TENANT', said);
      }
      reply.code(201);
      const wanted = { name, tenant, expires, machines, scopes: [...new Set(scopes)] };
      return issued(await keys.create(wanted, announce(request, 'keys.create')), now());
    },
  );

  app.delete(
    '/v1/keys/:id',
    {
      config: { scope: 'admin', about: 'Ends a key at once.', errors: ['NO_KEY_ID', 'LAST_ADMIN'] },
      schema: { ...one, response: { 200: contract.keyRevoked } },
    },
    async (request) => {
      const { id } = find(request);
      const outcome = await keys.revoke(id, announce(request, 'keys.revoke'));
      if (outcome === 'unknown') throw unknownKey(id);
      if (outcome === 'revoked') return { id };
      throw new HttpError(409, 'LAST_ADMIN', 'this is the last key that can manage keys; create another one first');
    },
  );

  app.post(
    '/v1/keys/:id/rotate',
    {
      config: { scope: 'admin', about: 'Gives a key a new secret.', errors: ['NO_KEY_ID'] },
      schema: { ...one, body: contract.rotateRequest, response: { 200: contract.newKey } },
    },
    async (request) => {
      const { id } = find(request);
      const overlap = request.body?.overlap ?? 0;
      const rotated = await keys.rotate(id, { overlap, announce: announce(request, 'keys.rotate', { overlap }) });
      if (!rotated) throw unknownKey(id);
      return issued(rotated, now());
    },
  );
};

function unknownKey(id: string): HttpError {
  return new HttpError(404, 'NO_KEY_ID', `there is no key with the id ${id}; see the list of keys`);
}

function maySee(caller: Caller, { tenant }: Pick<StoredKey, 'tenant'>): boolean {
  return caller.tenant === tenant || caller.tenant === DEFAULT_TENANT;
}

function describe({ hash, scopes, previous, ...key }: StoredKey, now: number): contract.Key {
  const previous_until = previous && previous.until > now ? previous.until : null;
  return { ...key, scopes: scopes as Scope[], previous_until };
}

function issued({ stored, key }: IssuedKey, now: number): contract.NewKey {
  return { ...describe(stored, now), key };
}
