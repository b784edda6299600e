/** What the tests of pcctl share: runs of the program, a real pcd to talk to, collections to send. Nothing else imports it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bin, type Ran, runMain, type Setting } from '@perfcollector/testing';
import { afterAll } from 'vitest';
import { main } from './main.ts';

/** Where there are no contexts: whoever runs the tests may have some. */
const NO_CONFIG = join(tmpdir(), 'pcctl-test-has-no-config');

export function runPcctl(argv: readonly string[], { env, ...setting }: Setting = {}): Promise<Ran> {
  return runMain(main, argv, { ...setting, env: { XDG_CONFIG_HOME: NO_CONFIG, ...env } });
}

/** A new directory, for the tests of one file (to be asked for outside of them). */
export function tempDir(): string {
  const path = mkdtempSync(join(tmpdir(), 'pcctl-test-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A pcd of its own, for the tests of one file. */
export interface TestPcd {
  readonly url: string;
  readonly home: string;
  /** The first administrator's key, as it is now. */
  adminKey(): string;
  /** Runs pcctl as the user who started this pcd. */
  pcctl(argv: readonly string[], setting?: Setting): Promise<Ran>;
  /** The same with --json: what it printed, parsed. */
  json(argv: readonly string[], setting?: Setting): Promise<unknown>;
}

/** Starts the installed pcd, on a free port of the loopback unless the flags say otherwise; it ends with the tests of the file. */
export async function startPcd(flags: readonly string[] = []): Promise<TestPcd> {
  const home = join(tempDir(), 'home');
  const argv = ['--listen', '127.0.0.1:0', '--home', home, '--log-level', 'warn', ...flags];
  const child = spawn(bin('pcd'), argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  afterAll(() => end(child));
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit')]);
  const url = /listening on (\S+),/.exec(String(line))?.[1];
  if (url === undefined) throw new Error(`pcd did not start: ${line}`);
  const pcctl: TestPcd['pcctl'] = (argv, { env, ...setting } = {}) =>
    runPcctl(argv, { env: { PCD_HOME: home, PCCTL_SERVER: url, ...env }, ...setting });
  return {
    url,
    home,
    adminKey: () => readFileSync(join(home, 'admin.key'), 'utf8').trim(),
    pcctl,
    json: async (argv, setting) => JSON.parse((await pcctl([...argv, '--json'], setting)).stdout),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** The first moment of `collection`'s samples: 2026-01-09T18:10:48Z. */
export const START = 1_767_982_248;

interface Wanted {
  readonly machine: string;
  readonly samples: number;
  readonly start?: number;
}

/** The lines of a run: a header, and a sample a second. */
export function collection({ machine, samples, start = START }: Wanted): string[] {
  const run = `run-of-${machine}`;
  const host = { hostname: `${machine}.example`, kernel: '6.12.0', cpus: 2, clock_ticks: 100 };
  const header = { collection: 1, run, identifier: machine, started: start, interval: 1, host, agent: 'pcc 9.8.7' };
  const ticks = Array.from({ length: samples }, (_, seq) => ({
    timestamp: start + seq,
    run,
    seq,
    tags: { machine_id: machine },
    fields: { cpu_user: 100 * seq, cpu_idle: 300 * seq, mem_free: 1000 + seq },
  }));
  return [{ ...header, labels: {} }, ...ticks].map((line) => JSON.stringify(line));
}

/** Writes lines, or bytes as they are; gives the path. */
export function fileWith(path: string, content: readonly string[] | string | Uint8Array): string {
  writeFileSync(path, Array.isArray(content) ? content.map((line) => `${line}\n`).join('') : (content as string));
  return path;
}
