import { contract, type Scope } from '@perfcollector/api';
import type { StoredKey } from '@perfcollector/storage';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { callerOf } from '../authenticate.ts';
import { HttpError } from '../http-error.ts';
import { type Caller, DEFAULT_TENANT, type IssuedKey } from '../keys/key-ring.ts';
import type { AddRoutes } from './context.ts';

/** Managed keys. Administrators see and change those of their own tenant; those who run the server, all. */
export const keyRoutes: AddRoutes = (app, { keys, now }) => {
  const admin = { config: { scope: 'admin' } } as const;
  const one = { ...admin, schema: { params: contract.keyParams } };

  const find = (request: FastifyRequest): StoredKey => {
    const { id } = request.params as z.infer<typeof contract.keyParams>;
    const found = keys.find(id);
    if (found && maySee(callerOf(request), found)) return found;
    throw unknownKey(id);
  };

  app.get('/v1/keys', admin, async (request) => {
    const seen = keys.list().filter((key) => maySee(callerOf(request), key));
    return { keys: seen.map(describe) };
  });

  app.post('/v1/keys', { ...admin, schema: { body: contract.keyRequest } }, async (request, reply) => {
    const caller = callerOf(request);
    const { name, scopes, expires = null, tenant = caller.tenant } = request.body as contract.KeyRequest;
    if (expires !== null && expires <= now()) {
      throw new HttpError(400, 'BAD_EXPIRY', 'the key would have expired already; expected a time to come');
    }
    if (!maySee(caller, { tenant })) {
      throw new HttpError(
        403,
        'OTHER_TENANT',
        `only the server's own administrators may make keys for the tenant "${tenant}"`,
      );
    }
    reply.code(201);
    return issued(await keys.create({ name, tenant, expires, scopes: [...new Set(scopes)] }));
  });

  app.delete('/v1/keys/:id', one, async (request) => {
    const { id } = find(request);
    const outcome = await keys.revoke(id);
    if (outcome === 'unknown') throw unknownKey(id);
    if (outcome === 'revoked') return { id };
    throw new HttpError(409, 'LAST_ADMIN', 'this is the last key that can manage keys; create another one first');
  });

  app.post('/v1/keys/:id/rotate', one, async (request) => {
    const { id } = find(request);
    const rotated = await keys.rotate(id);
    if (!rotated) throw unknownKey(id);
    return issued(rotated);
  });
};

function unknownKey(id: string): HttpError {
  return new HttpError(404, 'NO_KEY_ID', `there is no key with the id ${id}; see the list of keys`);
}

function maySee(caller: Caller, { tenant }: Pick<StoredKey, 'tenant'>): boolean {
  return caller.tenant === tenant || caller.tenant === DEFAULT_TENANT;
}

function describe({ hash, scopes, ...key }: StoredKey): contract.Key {
  return { ...key, scopes: scopes as Scope[] };
}

function issued({ stored, key }: IssuedKey): contract.NewKey {
  return { ...describe(stored), key };
}
