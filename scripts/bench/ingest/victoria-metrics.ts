import { existsSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from '../agent-run.ts';
import { freePort } from '../peers.ts';
import { decimalFields, importBodies, influxBodies } from './bodies.ts';
import { get } from './http.ts';
import { bytesBelow, type Protocol, type Server, untilIdle } from './server.ts';

const PROGRAM = '/usr/bin/victoria-metrics';
export const VICTORIA_METRICS_MISSING = 'VictoriaMetrics is not installed (Debian: victoria-metrics)';

/** Undefined where it is not installed. */
export async function startVictoriaMetrics({ children, directory }: Bench): Promise<Server | undefined> {
  if (!existsSync(PROGRAM)) return undefined;
  const data = mkdtempSync(join(directory, 'victoria-metrics-'));
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = children.start(PROGRAM, [
    `-storageDataPath=${data}`,
    `-httpListenAddr=${url.slice('http://'.length)}`,
    '-retentionPeriod=100y', // the recordings are old
    '-loggerLevel=ERROR',
  ]);
  await untilAnswers(
    () => get({ url: `${url}/health` }),
    () => child.pid,
  );
  const order = (path: string) => get({ url: `${url}${path}` });
  return {
    name: 'VictoriaMetrics',
    child,
    url,
    protocols: protocolsOf(url),
    flush: async () => void (await order('/internal/force_flush')),
    async compact() {
      await order('/internal/force_flush');
      await untilIdle(child);
      await order('/internal/force_merge');
      await untilIdle(child);
    },
    bytesOnDisk: () => bytesBelow(data, 'cache'),
    [Symbol.asyncDispose]: () => child.stop(),
  };
}

function protocolsOf(url: string): Protocol[] {
  return [
    { name: 'import, JSON lines', target: { url: `${url}/api/v1/import` }, bodies: importBodies },
    {
      name: 'influx lines',
      target: { url: `${url}/write?precision=ms` },
      bodies: (machine) => influxBodies(machine, { decimal: decimalFields([machine]) }),
    },
  ];
}

/** @param pid throws where the server has ended */
export async function untilAnswers(ask: () => Promise<unknown>, pid: () => number): Promise<void> {
  for (let answers = false; !answers && pid(); )
    answers = await ask().then(
      () => true,
      () => delay(20, false),
    );
}
