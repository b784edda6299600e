import type { Readable, Writable } from 'node:stream';

/** Everything a program has of its process; tests bring their own. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by SIGINT and SIGTERM: end cleanly, nothing lost. */
  readonly signal: AbortSignal;
}

/**
 * Runs a program's `main` as this process. The same signal once more ends it at once, whatever is
 * unfinished.
 */
export async function runBin(main: (argv: readonly string[], io: Io) => Promise<number>): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () =>
      stop.signal.reason === signal ? process.exit(128 + (signal === 'SIGINT' ? 2 : 15)) : stop.abort(signal),
    );
  }
  // The reader of a pipe may leave early (`pcctl … | head`): that is no error of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const { stdin, stdout, stderr, env } = process;
  process.exitCode = await main(process.argv.slice(2), { stdin, stdout, stderr, env, signal: stop.signal });
}
