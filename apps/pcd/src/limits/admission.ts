import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpError } from '../http-error.ts';
import type { Limits } from './limits.ts';
import { keyOf } from './rate-limits.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of a request that may ask the store. */
    ticket: Ticket | undefined;
  }
}

/** A request that was let in. */
export interface Ticket {
  /** It holds so many bytes more. @throws HttpError 503 where there is no room for them */
  grow(bytes: number): void;
  /** It is done, whatever became of it. */
  leave(): void;
}

/** Who is let in to the store, and who is asked to come again. */
export interface Admission {
  /** What there is now, and how many were refused since the start. */
  readonly numbers: { readonly waiting: number; readonly waitingBytes: number; readonly refused: number };
  /**
   * @param who a key: what it holds is held against it
   * @throws HttpError 503 where there is no room
   */
  enter(who: string): Ticket;
}

/** What there is of it, and what one key has of it. */
interface Load {
  waiting: number;
  waitingBytes: number;
}

/**
 * Bounds the requests that are in work, and the bytes that they hold. No key takes more than it leaves free: one alone
 * has half of everything, two have a third each, and however many there are, something is left for the one who comes
 * next. So a flood from one key fills its own share and refuses itself.
 */
export function createAdmission({ waiting, waitingBytes }: Pick<Limits, 'waiting' | 'waitingBytes'>): Admission {
  const total = { waiting: 0, waitingBytes: 0, refused: 0 };
  const held = new Map<string, Load>();
  const take = (own: Load, what: keyof Load, amount: number) => {
    const most = what === 'waiting' ? waiting : waitingBytes;
    if (own[what] + amount > most - (total[what] + amount)) {
      total.refused += 1;
      throw new HttpError(503, 'BUSY', 'pcd has as much to do as it can hold; send it again in a moment');
    }
    own[what] += amount;
    total[what] += amount;
  };
  return {
    numbers: total,
    enter(who) {
      const own = held.get(who) ?? { waiting: 0, waitingBytes: 0 };
      take(own, 'waiting', 1);
      held.set(who, own);
      let bytes = 0;
      let isIn = true;
      return {
        grow(more) {
          if (!isIn) return;
          take(own, 'waitingBytes', more);
          bytes += more;
        },
        leave() {
          if (!isIn) return;
          isIn = false;
          for (const load of [own, total]) {
            load.waiting -= 1;
            load.waitingBytes -= bytes;
          }
          if (own.waiting === 0) held.delete(who);
        },
      };
    },
  };
}

/** Lets requests with a key in, until they are answered or broken off. */
export function admitter(admission: Admission) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (!request.caller) return;
    const ticket = admission.enter(keyOf(request));
    request.ticket = ticket;
    reply.raw.once('close', ticket.leave);
  };
}
