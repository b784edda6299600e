import { contract } from '@perfcollector/api';
import { choice, command, type Io, text, UserError } from '@perfcollector/cli';
import { type EmbeddedStore, openSqliteStore, StoreError } from '@perfcollector/storage';
import { type Logger, pino } from 'pino';
import manifest from '../../package.json' with { type: 'json' };
import { buildApp } from '../app.ts';
import { openAuditLog } from '../audit-log.ts';
import { type Home, homeAt, prepareHome } from '../home.ts';
import { openKeyRing } from '../keys/key-ring.ts';
import { createAdmission } from '../limits/admission.ts';
import type { Limits } from '../limits/limits.ts';
import { limitOptions, limitsOf } from '../limits/options.ts';
import { type ListenPlan, listenOptions, planListening } from '../listen/options.ts';
import { serveApp } from '../listen/serve-app.ts';
import { openCommitMetrics } from '../metrics/commit-metrics.ts';
import type { RouteContext } from '../routes/context.ts';
import { openTraffic } from '../traffic.ts';

const options = {
  ...listenOptions,
  home: text({
    flag: '--home <dir>',
    env: 'PCD_HOME',
    about: 'Directory of the store and the keys; ~/.pcd where it is not given.',
  }),
  logLevel: choice({
    flag: '--log-level <level>',
    env: 'PCD_LOGLEVEL',
    fallback: 'info',
    choices: contract.LOG_LEVELS,
    about: 'How much to log (JSON lines on standard error); SIGUSR2 changes to debug and back.',
  }),
  metricsOpen: choice({
    flag: '--metrics-open <to>',
    env: 'PCD_METRICS_OPEN',
    fallback: 'none',
    choices: ['none', 'loopback', 'all'],
    about: 'Who sees /metrics without a key: none, what runs on this machine (loopback), or all.',
  }),
  ...limitOptions,
};

/** Runs the server until it is told to stop. */
export const serve = command({
  options,
  async run({ home: path, logLevel, metricsOpen, ...rest }, { io }) {
    const plan = planListening(rest, io.env);
    const home = homeAt(path);
    const logger = pino({ level: logLevel, base: null }, io.stderr);
    if (prepareHome(home).isOpenToOthers)
      logger.warn(`others may look into ${home.path}; close it with: chmod 700 ${home.path}`);
    const store = await openStore(home);
    try {
      await serveStore({ store, home, plan, limits: limitsOf(rest), metricsOpen, logger, logLevel, io });
    } finally {
      await store.close();
    }
  },
});

interface Setup {
  readonly store: EmbeddedStore;
  readonly home: Home;
  readonly plan: ListenPlan;
  readonly limits: Limits;
  readonly metricsOpen: RouteContext['metricsOpen'];
  readonly logger: Logger;
  readonly logLevel: contract.LogLevel;
  readonly io: Io;
}

async function serveStore({ store, home, plan, limits, metricsOpen, logger, logLevel, io }: Setup): Promise<void> {
  const now = () => Date.now() / 1000;
  const keys = await openKeyRing({ store, home, now, report: (problem) => logger.warn(problem) });
  const about = { started: now(), version: manifest.version, metricsOpen };
  const books = { audit: openAuditLog({ store, now }), traffic: openTraffic(now), commits: openCommitMetrics() };
  const context = { store, keys, home, limits, admission: createAdmission(limits), now, ...books, ...about };
  const app = buildApp(context, logger, { tls: plan.tls, trustProxy: plan.values.trustProxy });
  const onListening = (url: string) =>
    io.stdout.write(`pcd ${manifest.version} listening on ${url}, home ${home.path}\n`);
  await serveApp(app, { plan, io, logLevel, onListening });
  await keys.close();
}

async function openStore(home: Home): Promise<EmbeddedStore> {
  try {
    return await openSqliteStore(home.database);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new UserError(error.code, `cannot open the store ${home.database}: ${error.message}`, {
      hint: STORE_HINTS[error.code],
      cause: error,
    });
  }
}

const STORE_HINTS = {
  BUSY: 'Another pcd uses this home: stop it, or give this one its own with --home.',
  DAMAGED: 'The file is no database, or is damaged. Put a backup in its place, or move it away to begin anew.',
  FULL: 'Make room on its disk.',
  READONLY: 'Let the user that pcd runs as write the file and its directory, or choose another home with --home.',
  TOO_MANY: undefined,
  FAILED: undefined,
  TOO_MANY: undefined,
};
