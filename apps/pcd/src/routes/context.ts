import type { Store } from '@perfcollector/storage';
import type { FastifyInstance } from 'fastify';
import type { AuditLog } from '../audit-log.ts';
import type { KeyRing } from '../keys/key-ring.ts';

/** What routes need of the server. */
export interface RouteContext {
  readonly store: Store;
  readonly keys: KeyRing;
  readonly audit: AuditLog;
  readonly version: string;
  /** Unix seconds. */
  readonly started: number;
  /** Unix seconds, millisecond precision. */
  readonly now: () => number;
}

/** Adds the routes of one resource. */
export type AddRoutes = (app: FastifyInstance, context: RouteContext) => void;
