import { once } from 'node:events';
import type { Server } from 'node:https';
import type { contract } from '@perfcollector/api';
import { explain, type Io, ServiceManager } from '@perfcollector/cli';
import type { FastifyInstance } from 'fastify';
import { toggleDebug } from '../log-level.ts';
import { openServer } from './open.ts';
import type { ListenPlan } from './options.ts';
import { reloadTls } from './tls.ts';

/** How long requests in flight may take to finish after SIGTERM; less than the ten seconds that supervisors grant. */
const FINISH_MS = 8000;
const FINISHING = 'finishing the requests in flight';

export interface Serving {
  readonly plan: ListenPlan;
  readonly io: Io;
  /** The level to come back to from debug. */
  readonly logLevel: contract.LogLevel;
  /** Called when it listens. */
  readonly onListening: (url: string) => void;
}

/**
 * Listens, until it is told to stop and has finished; tells systemd how it goes, and does what signals ask for.
 * @throws UserError, UsageError where it cannot listen
 */
export async function serveApp(app: FastifyInstance, { plan, io, logLevel, onListening }: Serving): Promise<void> {
  const manager = new ServiceManager({ env: io.env, report: (problem) => app.log.warn(problem) });
  io.onSignal?.('SIGUSR2', () => toggleDebug(app.log, logLevel));
  await app.ready();
  const url = await openServer(app.server, plan.address, plan.privacy);
  const serving = () => `listening on ${url}`;
  io.onSignal?.('SIGHUP', () => {
    void manager.reloading();
    reload(app, plan);
    void manager.ready(serving);
  });
  onListening(url);
  void manager.ready(serving);
  if (!io.signal.aborted) await once(io.signal, 'abort');
  app.log.info(`stopping: ${FINISHING}`);
  void manager.stopping(FINISHING);
  const deadline = setTimeout(() => app.server.closeAllConnections(), FINISH_MS);
  await app.close();
  clearTimeout(deadline);
  await manager.close();
}

/** A certificate that cannot be used is told of, and the old one goes on. */
function reload(app: FastifyInstance, { tls, values }: ListenPlan): void {
  try {
    if (tls) reloadTls(app.server as Server, values);
    app.log.info(
      `SIGHUP: ${tls ? `${values.tlsCert} is in use from now on` : 'there is no certificate to read again'}`,
    );
  } catch (error) {
    app.log.error(`SIGHUP: the old certificate goes on, for pcd ${explain(error).split('\n')[0]}`);
  }
}
