import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A VictoriaMetrics of a test, with an empty directory of its own. */
export interface VictoriaMetrics extends AsyncDisposable {
  readonly url: string;
  /** Makes everything that it has taken visible to questions. */
  flush(): Promise<void>;
  /** Deletes everything that it holds. */
  clear(): Promise<void>;
  /** Ends it, as `kill` does or as a power cut. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again, on the same address and directory. */
  start(): Promise<void>;
}

/** Debian's package of this name. */
const PROGRAM = 'victoria-metrics';

/** Without it the tests on it are skipped at a developer's desk; in CI this says yes, so that they fail. */
export const hasVictoriaMetrics =
  process.env.CI !== undefined ||
  (process.env.PATH ?? '').split(delimiter).some((directory) => existsSync(join(directory, PROGRAM)));

/** @throws Error where it is not installed or does not answer */
export async function startVictoriaMetrics(flags: readonly string[] = []): Promise<VictoriaMetrics> {
  const directory = mkdtempSync(join(tmpdir(), 'victoria-metrics-'));
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const args = [`-storageDataPath=${directory}`, `-httpListenAddr=${address}`, '-retentionPeriod=100y', ...flags];
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn(PROGRAM, args, { stdio: 'ignore' });
    const failed = once(child, 'exit').then(() => {
      throw new Error(`${PROGRAM} ended before it answered at ${url}`);
    });
    await Promise.race([healthy(url), failed]);
    failed.catch(() => {}); // it ends when it is told to, too
  };
  const stop = async (signal: 'SIGTERM' | 'SIGKILL') => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  };
  await start();
  return {
    url,
    start,
    stop,
    flush: () => call(`${url}/internal/force_flush`),
    async clear() {
      await call(`${url}/internal/force_flush`);
      await call(`${url}/api/v1/admin/tsdb/delete_series?${new URLSearchParams({ 'match[]': '{__name__!=""}' })}`);
    },
    async [Symbol.asyncDispose]() {
      await stop('SIGKILL');
      rmSync(directory, { recursive: true });
    },
  };
}

async function call(url: string): Promise<void> {
  const answer = await fetch(url);
  const words = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${words}`);
}

async function healthy(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await delay(20);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
