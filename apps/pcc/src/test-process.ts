/** What the tests of pcc as a process share. Nothing else imports it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { bin } from '@perfcollector/testing';
import { onTestFinished } from 'vitest';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts an installed program of the suite, or another by its path; it is gone when the test is. */
export function start(program: string, argv: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const { PATH, HOME } = process.env;
  const child = spawn(program.includes('/') ? program : bin(program), argv, {
    env: { PATH, HOME, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
    });
  return { child, ended: once(child, 'close').then(([code]) => ({ code, ...printed })) };
}

/** Waits until the file is there and holds this. */
export async function fileHolds(path: string, pattern: RegExp): Promise<void> {
  const watcher = watch(dirname(path));
  while (!existsSync(path) || !pattern.test(readFileSync(path, 'utf8'))) await once(watcher, 'change');
  watcher.close();
}

/** Waits until a control socket is there and somebody listens: the name comes first, its rights when it can be used. */
export async function controlListens(path: string): Promise<void> {
  const watcher = watch(dirname(path));
  const isReady = () => (statSync(path, { throwIfNoEntry: false })?.mode ?? 0) % 0o1000 === 0o600;
  while (!isReady()) await once(watcher, 'change');
  watcher.close();
}
