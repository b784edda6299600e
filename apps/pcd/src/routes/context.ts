import type { Store } from '@perfcollector/storage';
import type { FastifyInstance } from 'fastify';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Admission } from '../limits/admission.ts';
import type { Limits } from '../limits/limits.ts';

/** What routes need of the server. */
export interface RouteContext {
  readonly store: Store;
  readonly keys: KeyRing;
  readonly limits: Limits;
  readonly admission: Admission;
  readonly version: string;
  /** Unix seconds. */
  readonly started: number;
  /** Unix seconds, millisecond precision. */
  readonly now: () => number;
}

/** Adds the routes of one resource. */
export type AddRoutes = (app: FastifyInstance, context: RouteContext) => void;
