import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bench } from './agent-run.ts';
import type { Child } from './child.ts';

const NODE_EXPORTER = '/usr/bin/prometheus-node-exporter';
const SADC = '/usr/lib/sysstat/sadc';

/** Which collectors of node_exporter read a kernel file. It has none for /proc/uptime. */
const COLLECTORS: readonly (readonly [file: RegExp, collectors: readonly string[]])[] = [
  [/\/proc\/stat$/, ['cpu', 'stat']],
  [/\/proc\/meminfo$/, ['meminfo']],
  [/\/proc\/loadavg$/, ['loadavg']],
  [/\/proc\/diskstats$/, ['diskstats']],
  [/\/net\/dev$/, ['netdev']],
  [/\/mountinfo$/, ['filesystem']],
  [/\/proc\/vmstat$/, ['vmstat']],
  [/\/proc\/pressure\//, ['pressure']],
  [/\/net\/(snmp6?|netstat)$/, ['netstat']],
  [/\/net\/sockstat6?$/, ['sockstat']],
  [/\/net\/softnet_stat$/, ['softnet']],
  [/\/net\/arp$/, ['arp']],
  [/\/proc\/sys\/fs\/file-nr$/, ['filefd']],
  [/\/proc\/schedstat$/, ['schedstat']],
  [/\/proc\/interrupts$/, ['interrupts']],
  [/\/proc\/softirqs$/, ['softirqs']],
  [/\/proc\/buddyinfo$/, ['buddyinfo']],
  [/\/proc\/zoneinfo$/, ['zoneinfo']],
  [/\/proc\/slabinfo$/, ['slabinfo']],
  [/\/proc\/mdstat$/, ['mdadm']],
  [/entropy_avail$/, ['entropy']],
  [/\/sys\/.*\/cpufreq\//, ['cpufreq']],
  [/\/sys\/class\/thermal\//, ['thermal_zone']],
  [/\/sys\/class\/hwmon\//, ['hwmon']],
];

/** Those that correspond to the files. */
export function collectorsFor(files: readonly string[]): string[] {
  const found = COLLECTORS.filter(([pattern]) => files.some((file) => pattern.test(file)));
  return found.flatMap(([, collectors]) => collectors);
}

export interface Exporter {
  readonly child: Child;
  readonly collectors: readonly string[];
  scrape(): Promise<void>;
}

/**
 * Starts node_exporter with the collectors for these files and nothing else: no metrics of itself, no compression.
 * Undefined where it is not installed.
 */
export async function startNodeExporter({ children }: Bench, files: readonly string[]): Promise<Exporter | undefined> {
  if (!existsSync(NODE_EXPORTER)) return undefined;
  const port = await freePort();
  const collectors = collectorsFor(files);
  const child = children.start(NODE_EXPORTER, [
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.disable-exporter-metrics',
    '--collector.disable-defaults',
    ...collectors.map((name) => `--collector.${name}`),
  ]);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const scrape = () => fetchAll(`http://127.0.0.1:${port}/metrics`, agent);
  for (let answers = false; !answers && child.pid; )
    answers = await scrape().then(
      () => true,
      () => delay(20, false),
    );
  return { child, collectors, scrape };
}

async function fetchAll(url: string, agent: Agent): Promise<void> {
  const [response] = await once(get(url, { agent }), 'response');
  if (response.statusCode !== 200) throw new Error(`${url} answers ${response.statusCode}`);
  for await (const _ of response);
}

/** Starts sysstat's collector with everything that it has, once a second. Undefined where it is not installed. */
export function startSadc({ children, directory }: Bench): Child | undefined {
  if (!existsSync(SADC)) return undefined;
  return children.start(SADC, ['-S', 'XALL', '1', join(directory, 'sadc.data')]);
}

/**
 * Reads files with C: microseconds of processor time a round.
 * @param pace milliseconds between rounds, and how many rounds
 */
export type Pread = (files: readonly string[], pace: { pause: number; rounds: number }) => Promise<number>;

/** Undefined where there is no compiler. */
export async function compilePread({ children, directory }: Bench): Promise<Pread | undefined> {
  const program = join(directory, 'pread');
  try {
    await promisify(execFile)('cc', ['-O2', '-o', program, fileURLToPath(new URL('./pread.c', import.meta.url))]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return async (files, { pause, rounds }) => {
    const args = [String(pause * 1000), String(rounds), ...files];
    const { process } = children.start(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const printed = process.stdout ? await text(process.stdout) : '';
    if (printed === '') throw new Error(`${program} has failed`);
    return Number(printed) / 1000 / rounds;
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('BUG: a TCP server has an address with a port');
  return address.port;
}
