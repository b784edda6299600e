import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Bench } from '../agent-run.ts';
import { freePort } from '../peers.ts';
import { type Body, influxBodies } from './bodies.ts';
import { get, post } from './http.ts';
import { bytesBelow, type Server, untilIdle } from './server.ts';
import { untilAnswers } from './victoria-metrics.ts';

const PROGRAM = '/usr/bin/influxd';
export const INFLUXDB_MISSING = 'InfluxDB is not installed (Debian: influxdb)';
/** After so long without a write what is in memory becomes a file, and files become one. */
const COLD_SECONDS = 5;

interface InfluxOptions {
  readonly decimal: ReadonlySet<string>;
  /** Compacts soon after the last write, instead of hours after it. */
  readonly compactsSoon?: boolean;
}

/** Undefined where it is not installed. */
export async function startInfluxDb(bench: Bench, options: InfluxOptions): Promise<Server | undefined> {
  if (!existsSync(PROGRAM)) return undefined;
  const data = mkdtempSync(join(bench.directory, 'influxdb-'));
  const [listen, rpc] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const config = join(data, 'influxdb.conf');
  writeFileSync(config, configuration(data, { listen, rpc, compactsSoon: options.compactsSoon ?? false }));
  const child = bench.children.start(PROGRAM, ['-config', config]);
  const url = `http://${listen}`;
  await untilAnswers(
    () => get({ url: `${url}/ping` }),
    () => child.pid,
  );
  await post({ url: `${url}/query?q=CREATE%20DATABASE%20bench` });
  const target = { url: `${url}/write?db=bench&precision=ms` };
  const protocol = { target, bodies: (machine: Parameters<typeof influxBodies>[0]) => influxBodies(machine, options) };
  return {
    name: 'InfluxDB',
    child,
    url,
    protocols: [
      { name: 'influx lines', ...protocol },
      { name: 'influx lines, gzip', target, bodies: (machine) => packed(protocol.bodies(machine)) },
    ],
    flush: async () => {}, // it cannot be asked to
    compact: async () => void (await untilIdle(child, 3 * COLD_SECONDS)),
    bytesOnDisk: () => bytesBelow(join(data, 'data')) + bytesBelow(join(data, 'wal')),
    [Symbol.asyncDispose]: () => child.stop(),
  };
}

function* packed(bodies: Iterable<Body>): Generator<Body> {
  for (const { bytes } of bodies) yield { bytes: gzipSync(bytes, { level: 1 }), encoding: 'gzip' };
}

interface Configuration {
  readonly listen: string;
  readonly rpc: string;
  readonly compactsSoon: boolean;
}

function configuration(data: string, { listen, rpc, compactsSoon }: Configuration): string {
  const cold = `cache-snapshot-write-cold-duration = "${COLD_SECONDS}s"
compact-full-write-cold-duration = "${COLD_SECONDS}s"`;
  return `reporting-disabled = true
bind-address = "${rpc}"
[meta]
dir = "${data}/meta"
[data]
dir = "${data}/data"
wal-dir = "${data}/wal"
query-log-enabled = false
${compactsSoon ? cold : ''}
[monitor]
store-enabled = false
[http]
bind-address = "${listen}"
log-enabled = false
max-body-size = 0
[logging]
level = "error"
`;
}
