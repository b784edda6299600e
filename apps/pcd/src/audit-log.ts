import { type AuditEntry, type KeyStore, StoreError } from '@perfcollector/storage';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Called, callerOf } from './authenticate.ts';

export type Detail = AuditEntry['detail'];

interface Audited {
  /** Whose things are changed; the caller's tenant where it is left out. */
  readonly tenant?: string;
  readonly target?: string | null;
  /** Never a secret. */
  readonly detail?: Detail;
}

/** What administrators did, for good. */
export interface AuditLog {
  /**
   * Writes down what a request is about to do. It comes before the act: what cannot be written down is not done.
   * @param action `machines.delete`
   * @throws StoreError where it is not on the disk: the act must not happen
   */
  write(request: Called, action: string, what: Audited): Promise<void>;
  list: KeyStore['audit'];
}

/** @param setup.now Unix seconds */
export function openAuditLog({ store, now }: { readonly store: KeyStore; readonly now: () => number }): AuditLog {
  return {
    write(request, action, { tenant, target = null, detail = {} }) {
      const caller = callerOf(request);
      const who = { tenant: tenant ?? caller.tenant, key: caller.keyId ?? null, address: request.ip || null };
      return store.addAudit({ ...who, time: now(), action, target, detail });
    },
    list: (query) => store.audit(query),
  };
}

/** One entry a key in this time: a key that is refused without end must not fill the disk with it. */
const REFUSAL_EVERY_MS = 60_000;

/**
 * Writes down that a valid key tried what an administrator does and may not. The route stands for what it tried: the
 * address itself could hold anything.
 */
export function refusalAuditor(audit: AuditLog) {
  const lastOf = new Map<string | undefined, number>();
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { url, config } = request.routeOptions;
    if (reply.statusCode !== 403 || config.scope !== 'admin' || !request.caller) return;
    const { keyId } = request.caller;
    if (performance.now() - (lastOf.get(keyId) ?? Number.NEGATIVE_INFINITY) < REFUSAL_EVERY_MS) return;
    lastOf.set(keyId, performance.now());
    try {
      await audit.write(request, 'refused', { target: `${request.method} ${url}` });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      request.log.warn({ err: error }, 'a refusal is not in the audit log'); // it is refused all the same
    }
  };
}
