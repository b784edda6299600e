import { contract } from '@perfcollector/api';
import { buildInfo, choice, command, describeVersion, type Io, option, text, versionOf } from '@perfcollector/cli';
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
import { type CommitMetrics, openCommitMetrics } from '../metrics/commit-metrics.ts';
import { EMBEDDED, openStores, parseStore, type Stores } from '../open-store.ts';
import { retentionOf, retentionOptions } from '../retention.ts';
import type { RouteContext } from '../routes/context.ts';
import { openTraffic } from '../traffic.ts';

const options = {
  ...listenOptions,
  home: text({
    flag: '--home <dir>',
    env: 'PCD_HOME',
    about: 'Directory of the store and the keys; ~/.pcd where it is not given.',
  }),
  store: option({
    flag: '--store <store>',
    env: 'PCD_STORE',
    fallback: EMBEDDED,
    about:
      'Where samples are kept: sqlite, a file in the home, or victoriametrics+http://host:8428; of a cluster victoriametrics+<write address>,<read address>.',
    parse: parseStore,
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
  ...retentionOptions,
  ...limitOptions,
};

/** Runs the server until it is told to stop. */
export const serve = command({
  options,
  async run({ home: path, store, logLevel, metricsOpen, ...rest }, { io }) {
    const plan = planListening(rest, io.env);
    const home = homeAt(path);
    const logger = pino({ level: logLevel, base: null }, io.stderr);
    if (prepareHome(home).isOpenToOthers)
      logger.warn(`others may look into ${home.path}; close it with: chmod 700 ${home.path}`);
    const commits = openCommitMetrics();
    const stores = await openStores(store, home, {
      retention: retentionOf(rest),
      onCommit: commits.observe,
      report: (sentence) => logger.warn(sentence),
    });
    try {
      await serveStores({ stores, commits, home, plan, limits: limitsOf(rest), metricsOpen, logger, logLevel, io });
    } finally {
      await stores.close();
    }
  },
});

interface Setup {
  readonly stores: Stores;
  readonly commits: CommitMetrics;
  readonly home: Home;
  readonly plan: ListenPlan;
  readonly limits: Limits;
  readonly metricsOpen: RouteContext['metricsOpen'];
  readonly logger: Logger;
  readonly logLevel: contract.LogLevel;
  readonly io: Io;
}

async function serveStores({ stores, commits, home, plan, logger, logLevel, io, ...settings }: Setup): Promise<void> {
  const now = () => Date.now() / 1000;
  const elapsed = () => performance.now() / 1000;
  const { samples: store, keys: keyStore } = stores;
  const keys = await openKeyRing({ store: keyStore, home, now, report: (problem) => logger.warn(problem) });
  const { limits, metricsOpen } = settings;
  const version = versionOf(manifest);
  const about = { started: now(), uptime: elapsed, version, build: buildInfo() ?? {}, metricsOpen };
  const books = { audit: openAuditLog({ store: keyStore, now }), traffic: openTraffic(elapsed), commits };
  const context = { store, keys, home, limits, admission: createAdmission(limits), now, ...books, ...about };
  const app = buildApp(context, logger, { tls: plan.tls, trustProxy: plan.values.trustProxy });
  const onListening = (url: string) =>
    io.stdout.write(`pcd ${describeVersion(version)} listening on ${url}, home ${home.path}\n`);
  await serveApp(app, { plan, io, logLevel, onListening });
  await keys.close();
}
