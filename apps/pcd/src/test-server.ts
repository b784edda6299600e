/** What the tests of pcd share: a server put together as `serve` does it, in a home of its own. Nothing else imports it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Scope } from '@perfcollector/api';
import { type EmbeddedStore, openSqliteStore } from '@perfcollector/storage';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { pino } from 'pino';
import { expect } from 'vitest';
import { buildApp } from './app.ts';
import { openAuditLog } from './audit-log.ts';
import { type Home, homeAt, prepareHome, readAdminKey } from './home.ts';
import { DEFAULT_TENANT, type KeyRing, openKeyRing } from './keys/key-ring.ts';
import { type Admission, createAdmission } from './limits/admission.ts';
import type { Limits } from './limits/limits.ts';
import { defaultLimits } from './limits/options.ts';
import { openCommitMetrics } from './metrics/commit-metrics.ts';
import type { RouteContext } from './routes/context.ts';
import { holdToDocument } from './test-document.ts';
import { openTraffic } from './traffic.ts';

/** What the test server's clock says until a test sets it: 2026-01-11, a little after the recordings of ../shared. */
export const NOW = 1_768_100_000.25;

export interface TestServer extends AsyncDisposable {
  readonly app: FastifyInstance;
  /** What the server was put together from. */
  readonly context: RouteContext;
  readonly store: EmbeddedStore;
  readonly keys: KeyRing;
  readonly admission: Admission;
  readonly home: Home;
  /** The first administrator's key. */
  readonly admin: string;
  /** Unix seconds; a test sets it to go through time. */
  readonly clock: { now: number };
  /** Everything that was logged, at the lowest level. */
  logged(): string;
  /** What pcd had to say of its keys. */
  readonly reports: string[];
  /** Makes a key that never expires, for the machines of a pattern or all. */
  keyWith(scopes: readonly Scope[], tenant?: string, machines?: string): Promise<string>;
  /** Sends a request with a key. */
  as(key: string, request: InjectOptions): Promise<LightMyRequestResponse>;
}

/** A new directory for one test. */
export function makeTempDir(): string {
  return mkdtempSync(join(tmpdir(), 'pcd-test-'));
}

/** Starts a server. A home that the caller names stays when the server ends; any other is removed. */
export async function startServer(homePath?: string, other: Partial<Limits> = {}): Promise<TestServer> {
  const limits = { ...defaultLimits(), ...other };
  const admission = createAdmission(limits);
  const home = homeAt(homePath ?? join(makeTempDir(), 'home'));
  prepareHome(home);
  const commits = openCommitMetrics();
  const store = await openSqliteStore(home.database, { onCommit: commits.observe });
  const clock = { now: NOW };
  const now = () => clock.now;
  const reports: string[] = [];
  const keys = await openKeyRing({ store, home, now, report: (problem) => reports.push(problem) });
  const log = captureLog();
  const about = {
    started: NOW,
    uptime: () => clock.now - NOW,
    version: '1.2.3',
    build: {},
    metricsOpen: 'none',
  } as const;
  const books = { audit: openAuditLog({ store, now }), traffic: openTraffic(now), commits };
  const context = { store, keys, home, limits, admission, now, ...books, ...about };
  const app = buildApp(context, pino({ level: 'trace' }, log.stream));
  const undocumented = holdToDocument(app);
  return {
    app,
    context,
    store,
    keys,
    admission,
    home,
    clock,
    reports,
    admin: readAdminKey(home) ?? '',
    logged: log.text,
    keyWith: async (scopes, tenant = DEFAULT_TENANT, machines) => {
      const { key } = await keys.create({
        name: scopes.join('+'),
        tenant,
        scopes,
        expires: null,
        machines: machines ?? null,
      });
      return key;
    },
    as: (key, request) => app.inject({ ...request, headers: { 'x-api-key': key, ...request.headers } }),
    async [Symbol.asyncDispose]() {
      await app.close();
      await keys.close();
      await store.close();
      if (homePath === undefined) rmSync(join(home.path, '..'), { recursive: true });
      expect(undocumented).toEqual([]);
    },
  };
}

function captureLog() {
  let lines = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines += String(chunk);
      done();
    },
  });
  return { stream, text: () => lines };
}

/**
 * Checks that an answer is a refusal as every refusal is: `{error, code}` and nothing else, the error a sentence for a
 * person, without the key of the request.
 */
export function refusalOf(answer: LightMyRequestResponse): { status: number; code: string; error: string } {
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  const body = answer.json<{ error: string; code: string }>();
  expect(Object.keys(body).sort()).toEqual(['code', 'error']);
  expect(body.code).toMatch(/^[A-Z_]+$/);
  expect(body.error).toMatch(/(\w+\W+){4}/);
  expect(body.error).not.toMatch(/\n|\bat .+:\d+:\d+|\[object/);
  const key = answer.raw.req.headers['x-api-key'];
  if (typeof key === 'string') expect(answer.body).not.toContain(key);
  return { status: answer.statusCode, ...body };
}

/** The lines of an export, parsed. */
export function linesOf(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
