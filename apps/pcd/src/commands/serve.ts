import { once } from 'node:events';
import { choice, command, type Io, option, systemError, text, UserError } from '@perfcollector/cli';
import { type EmbeddedStore, openSqliteStore, StoreError } from '@perfcollector/storage';
import { type Logger, pino } from 'pino';
import manifest from '../../package.json' with { type: 'json' };
import { buildApp } from '../app.ts';
import { openAuditLog } from '../audit-log.ts';
import { type Home, homeAt, prepareHome } from '../home.ts';
import { openKeyRing } from '../keys/key-ring.ts';
import { openTraffic } from '../traffic.ts';

/** How long requests in flight may take to finish after SIGTERM; less than the ten seconds that supervisors grant. */
const FINISH_MS = 8000;

export interface Address {
  readonly host: string;
  readonly port: number;
}

const options = {
  listen: option({
    flag: '--listen <address>',
    env: ['PCD_LISTENADDRESS', 'LISTENADDRESS'],
    fallback: '127.0.0.1:8080',
    about: 'Address and port to listen on; port 0 takes a free one.',
    parse: parseAddress,
  }),
  home: text({
    flag: '--home <dir>',
    env: 'PCD_HOME',
    about: 'Directory of the store and the keys; ~/.pcd where it is not given.',
  }),
  logLevel: choice({
    flag: '--log-level <level>',
    env: 'PCD_LOGLEVEL',
    fallback: 'info',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    about: 'How much to log (JSON lines on standard error).',
  }),
};

/** Runs the server until it is told to stop. */
export const serve = command({
  options,
  async run({ listen, home: path, logLevel }, { io }) {
    const home = homeAt(path);
    const logger = pino({ level: logLevel, base: null }, io.stderr);
    if (prepareHome(home).isOpenToOthers)
      logger.warn(`others may look into ${home.path}; close it with: chmod 700 ${home.path}`);
    const store = await openStore(home);
    try {
      await serveStore({ store, home, listen, logger, io });
    } finally {
      await store.close();
    }
  },
});

interface Setup {
  readonly store: EmbeddedStore;
  readonly home: Home;
  readonly listen: Address;
  readonly logger: Logger;
  readonly io: Io;
}

async function serveStore({ store, home, listen, logger, io }: Setup): Promise<void> {
  const now = () => Date.now() / 1000;
  const keys = await openKeyRing({ store, home, now, report: (problem) => logger.warn(problem) });
  const audit = openAuditLog({ store, now });
  const context = { store, keys, audit, home, traffic: openTraffic(now), now, started: now() };
  const app = buildApp({ ...context, version: manifest.version }, logger);
  try {
    const url = await app.listen(listen);
    io.stdout.write(`pcd ${manifest.version} listening on ${url}, home ${home.path}\n`);
  } catch (error) {
    throw systemError(`listen on ${listen.host}:${listen.port}`, error);
  }
  if (!io.signal.aborted) await once(io.signal, 'abort');
  logger.info('stopping: finishing the requests in flight');
  const deadline = setTimeout(() => app.server.closeAllConnections(), FINISH_MS);
  await app.close();
  clearTimeout(deadline);
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
  FAILED: undefined,
  TOO_MANY: undefined,
};

/** `127.0.0.1:8080`, `[::1]:8080`, `:8080` (every address). */
function parseAddress(text: string): Address {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65535)
    throw new Error(`${JSON.stringify(text)} is no address; expected one such as 127.0.0.1:8080`);
  return { host: bracketed ?? (plain || '::'), port };
}
