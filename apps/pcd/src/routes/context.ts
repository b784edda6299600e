import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '@perfcollector/api';
import type { BuildInfo } from '@perfcollector/cli';
import type { Store } from '@perfcollector/storage';
import type { FastifyBaseLogger, FastifyInstance, FastifyTypeProvider, RawServerDefault } from 'fastify';
import type { z } from 'zod';
import type { AuditLog } from '../audit-log.ts';
import type { Home } from '../home.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Admission } from '../limits/admission.ts';
import type { Limits } from '../limits/limits.ts';
import type { CommitMetrics } from '../metrics/commit-metrics.ts';
import type { Traffic } from '../traffic.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a request does, in a few words; with the schemas it is what `/openapi.json` says of it. */
    about?: string;
    /** What it is refused with, besides what every request may be. */
    errors?: readonly ErrorCode[];
    /** The type of a body that is taken as a stream. */
    takes?: string;
  }
}

/** What routes need of the server. */
export interface RouteContext {
  readonly store: Store;
  readonly keys: KeyRing;
  readonly home: Home;
  readonly traffic: Traffic;
  readonly commits: CommitMetrics;
  /** Who sees `/metrics` without a key. */
  readonly metricsOpen: 'none' | 'loopback' | 'all';
  readonly audit: AuditLog;
  readonly limits: Limits;
  readonly admission: Admission;
  readonly version: string;
  /** What it was built from, as far as that is known. */
  readonly build: BuildInfo;
  /** Unix seconds. */
  readonly started: number;
  /** Seconds since then, whatever the clock was set to meanwhile. */
  readonly uptime: () => number;
  /** Unix seconds, millisecond precision. */
  readonly now: () => number;
}

/** A route's zod schemas give its parameters, its body and its reply their types. */
interface ZodTypes extends FastifyTypeProvider {
  readonly validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown;
  readonly serializer: this['schema'] extends z.ZodType ? Sent<z.input<this['schema']>> : unknown;
}

/** What may be sent for a schema: it is only read, and where any name is allowed any object is. */
type Sent<T> = T extends readonly (infer E)[]
  ? readonly Sent<E>[]
  : T extends object
    ? string extends keyof T
      ? object
      : { readonly [K in keyof T]: Sent<T[K]> }
    : T;

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse<IncomingMessage>,
  FastifyBaseLogger,
  ZodTypes
>;

/** Adds the routes of one resource. */
export type AddRoutes = (app: App, context: RouteContext) => void;
