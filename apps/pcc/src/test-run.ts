import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Io } from '@perfcollector/cli';
import { main } from './main.ts';

/** A run of the program inside the test: what it printed, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Setting {
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export async function runPcc(
  argv: readonly string[],
  { env = {}, signal = new AbortController().signal }: Setting = {},
): Promise<Ran> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const io: Io = { stdin, stdout, stderr, env, signal };
  const printed = Promise.all([text(stdout), text(stderr)]);
  const code = await main(argv, io);
  stdout.end();
  stderr.end();
  const [out, err] = await printed;
  return { code, stdout: out, stderr: err };
}

/** A captured host: `hostRoot('centos7-3.10-x86_64')`. */
export function hostRoot(name: string): string {
  return fileURLToPath(new URL(`../../../test-fixtures/hosts/${name}`, import.meta.url));
}

/** An installed program of the suite. */
export function bin(name: string): string {
  return fileURLToPath(new URL(`../../../node_modules/.bin/${name}`, import.meta.url));
}
