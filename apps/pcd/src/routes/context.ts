import type { Store } from '@perfcollector/storage';
import type { FastifyInstance } from 'fastify';
import type { Home } from '../home.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Traffic } from '../traffic.ts';

/** What routes need of the server. */
export interface RouteContext {
  readonly store: Store;
  readonly keys: KeyRing;
  readonly home: Home;
  readonly traffic: Traffic;
  readonly version: string;
  /** Unix seconds. */
  readonly started: number;
  /** Unix seconds, millisecond precision. */
  readonly now: () => number;
}

/** Adds the routes of one resource. */
export type AddRoutes = (app: FastifyInstance, context: RouteContext) => void;
