import { once } from 'node:events';
import { choice, command, type Io, option, systemError, text } from '@perfcollector/cli';
import { type Logger, pino } from 'pino';
import manifest from '../../package.json' with { type: 'json' };
import { buildApp } from '../app.ts';
import { type Home, homeAt, prepareHome } from '../home.ts';
import { openKeyRing } from '../keys/key-ring.ts';
import { EMBEDDED, openStores, parseStore, type Stores } from '../open-store.ts';

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
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    about: 'How much to log (JSON lines on standard error).',
  }),
};

/** Runs the server until it is told to stop. */
export const serve = command({
  options,
  async run({ listen, home: path, store, logLevel }, { io }) {
    const home = homeAt(path);
    const logger = pino({ level: logLevel, base: null }, io.stderr);
    if (prepareHome(home).isOpenToOthers)
      logger.warn(`others may look into ${home.path}; close it with: chmod 700 ${home.path}`);
    const stores = await openStores(store, home);
    try {
      await serveStores({ stores, home, listen, logger, io });
    } finally {
      await stores.close();
    }
  },
});

interface Setup {
  readonly stores: Stores;
  readonly home: Home;
  readonly listen: Address;
  readonly logger: Logger;
  readonly io: Io;
}

async function serveStores({ stores, home, listen, logger, io }: Setup): Promise<void> {
  const now = () => Date.now() / 1000;
  const keys = await openKeyRing({ store: stores.keys, home, now, report: (problem) => logger.warn(problem) });
  const app = buildApp({ store: stores.samples, keys, now, started: now(), version: manifest.version }, logger);
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
}

/** `127.0.0.1:8080`, `[::1]:8080`, `:8080` (every address). */
function parseAddress(text: string): Address {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65535)
    throw new Error(`${JSON.stringify(text)} is no address; expected one such as 127.0.0.1:8080`);
  return { host: bracketed ?? (plain || '::'), port };
}
