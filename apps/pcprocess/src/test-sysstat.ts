import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bin } from '@perfcollector/testing';
import { vi } from 'vitest';

/** The collector of sysstat, where Debian has it. */
const SADC = '/usr/lib/sysstat/sadc';
export const hasSysstat = existsSync(SADC);

/** What `sadf -j` says of one interval, a second each, as far as it is looked at. */
export interface SarStatistics {
  readonly 'cpu-load': readonly ({ readonly cpu: string } & Readonly<Record<SarCpu, number>>)[];
  readonly disk?: readonly ({ readonly 'disk-device': string } & Readonly<Record<SarDisk, number>>)[];
  readonly network: {
    readonly 'net-dev': readonly ({ readonly iface: string } & Readonly<Record<SarNet, number>>)[];
  };
  readonly memory: { readonly memfree: number; readonly avail: number };
  readonly paging: { readonly pgpgin: number; readonly pgpgout: number; readonly fault: number };
  readonly 'process-and-context-switch': { readonly proc: number; readonly cswch: number };
}
type SarCpu = 'usr' | 'nice' | 'sys' | 'iowait' | 'steal' | 'irq' | 'soft' | 'guest' | 'gnice' | 'idle';
type SarDisk = 'tps' | 'rd_sec' | 'wr_sec' | 'dc_sec';
type SarNet = 'rxpck' | 'txpck' | 'rxkB' | 'txkB';

/** One interval of sar's, between two moments in seconds since the boot. */
interface SarInterval {
  readonly from: number;
  readonly to: number;
  readonly statistics: SarStatistics;
}

/** A minute, recorded by both programs. */
export interface Recording {
  readonly collection: string;
  readonly sar: readonly SarInterval[];
  /** What the load did meanwhile: bytes to a disk, and over the loopback. */
  readonly load: { readonly written: number; readonly sent: number };
}

const SECONDS = 60;
/** It begins and ends within the minute. */
const LOAD_SECONDS = 56;

/** Records a minute of load with pcc and with sadc; what is made goes into the directory. */
export async function recordBesideSadc(directory: string): Promise<Recording> {
  const [collection, data] = [join(directory, 'c.json'), join(directory, 'sa')];
  await using children = new Children();
  const pcc = children.start(bin('pcc'), '--collection', collection, ...PCC_ARGS);
  await vi.waitUntil(() => samplesIn(collection) > 0, WAIT);
  const [said] = await Promise.all([runLoad(children, data), runSadc(children, data)]);
  const before = samplesIn(collection);
  await vi.waitUntil(() => samplesIn(collection) > before, WAIT);
  pcc.stop();
  await pcc.done;
  return { collection, sar: readSar(data), load: JSON.parse(said) };
}

/** From sadc's first record on; gives what it says of itself. */
async function runLoad(children: Children, data: string): Promise<string> {
  await vi.waitUntil(() => existsSync(data) && statSync(data).size > 0, WAIT);
  const file = join(diskDirectory(dirname(data)), 'load');
  return await children.start(process.execPath, LOAD, file, String(LOAD_SECONDS)).done;
}

const RECORDS_IN_A_ROW = 10;

/** It drifts where a machine is busy; so it is started again and again, on the second, as pcc samples. */
async function runSadc(children: Children, data: string): Promise<void> {
  for (let left = SECONDS + 1; left > 0; left -= RECORDS_IN_A_ROW) {
    await delay(1000 - (Date.now() % 1000));
    await children.start(SADC, '-S', 'DISK', '1', String(Math.min(left, RECORDS_IN_A_ROW)), data).done;
  }
}

/** Processes that go with who has started them. */
class Children implements AsyncDisposable {
  readonly #closed = new Map<ChildProcess, Promise<unknown>>();

  /** What it prints comes when it has ended; where it failed, that is the error. */
  start(path: string, ...args: readonly string[]): { readonly done: Promise<string>; stop(): void } {
    const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = once(child, 'close');
    this.#closed.set(child, closed);
    const done = Promise.all([text(child.stdout), closed]).then(([printed, [code]]) => {
      if (code !== 0) throw new Error(`${path} ended with ${code}`);
      return printed;
    });
    done.catch(() => undefined); // for who does not wait for it
    return { done, stop: () => void child.kill('SIGTERM') };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#closed.keys()) child.kill('SIGKILL');
    await Promise.allSettled(this.#closed.values());
  }
}

const PCC_ARGS = ['--identifier', 'm', '--frequency', '1s', '--duration', '5m', '--log-level', 'error'];
const WAIT = { timeout: 30_000, interval: 20 };
const LOAD = fileURLToPath(new URL('test-load.ts', import.meta.url));

function samplesIn(collection: string): number {
  if (!existsSync(collection)) return 0;
  return readFileSync(collection, 'utf8').match(/"fields".*\n/g)?.length ?? 0;
}

/** `TMPFS_MAGIC` of man 2 statfs: what is written there reaches no disk. */
const TMPFS = 0x01021994;

function diskDirectory(directory: string): string {
  return statfsSync(directory).type === TMPFS ? fileURLToPath(new URL('..', import.meta.url)) : directory;
}

function readSar(data: string): SarInterval[] {
  const sadf = (...args: readonly string[]) => execFileSync('sadf', args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  const raw = sadf('-r', '-O', 'debug', data, '--', '-w');
  const times = Array.from(raw.matchAll(/^# uptime_cs; (\d+);/gm), ([, hundredths]) => Number(hundredths) / 100);
  const said = JSON.parse(sadf('-j', data, '--', '-P', 'ALL', '-u', 'ALL', '-d', '-n', 'DEV', '-r', '-B', '-w'));
  const statistics: readonly SarStatistics[] = said.sysstat.hosts[0].statistics;
  if (times.length !== SECONDS + 1 || statistics.length !== SECONDS) {
    throw new Error(`sadf tells of ${times.length} records and ${statistics.length} intervals`);
  }
  return statistics.map((one, at) => ({ from: times[at] ?? 0, to: times[at + 1] ?? 0, statistics: one }));
}
