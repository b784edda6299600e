import type { Readable, Writable } from 'node:stream';
import { codeOf, EXIT, explain, systemError } from './errors.ts';

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
  process.stdout.on('error', (error) => {
    if (codeOf(error) === 'EPIPE') process.exit(EXIT.ok); // the reader left early (`pcctl … | head`): no error of ours
    process.stderr.write(`${explain(systemError('write to standard output', error))}\n`);
    process.exit(EXIT.failed);
  });
  const { stdin, stdout, stderr, env } = process;
  process.exitCode = await main(process.argv.slice(2), { stdin, stdout, stderr, env, signal: stop.signal });
}
