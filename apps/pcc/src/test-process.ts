/** What the tests of pcc as a process share. Nothing else imports it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { bin, observe, type Running } from '@perfcollector/testing';
import { onTestFinished } from 'vitest';

/** Starts an installed program of the suite, or another by its path; it is gone when the test is. */
export function start(program: string, argv: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const { PATH, HOME } = process.env;
  const child = spawn(program.includes('/') ? program : bin(program), argv, {
    env: { PATH, HOME, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return observe(child);
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
