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
  /**
   * Gives the signals that come from now on to a command that hands them to a program of its own, instead of ending this
   * one. Returns what ends that. A caller without signals has none to give.
   */
  readonly takeSignals?: (taker: SignalTaker) => () => void;
  /** Calls the listener whenever the signal comes, which would end the process otherwise. A caller without signals has none. */
  readonly onSignal?: (signal: ServiceSignal, listener: () => void) => void;
}

/** What a service is told while it runs: read your files again; say more, or less. */
type ServiceSignal = 'SIGHUP' | 'SIGUSR2';

type SignalTaker = (signal: StopSignal) => void;
type StopSignal = 'SIGINT' | 'SIGTERM';
const NUMBERS: Readonly<Record<StopSignal, number>> = { SIGINT: 2, SIGTERM: 15 };

/**
 * Runs a program's `main` as this process. The same signal once more ends it at once, whatever is
 * unfinished.
 */
export async function runBin(main: (argv: readonly string[], io: Io) => Promise<number>): Promise<void> {
  const stop = new AbortController();
  const end: SignalTaker = (signal) =>
    stop.signal.reason === signal ? process.exit(128 + NUMBERS[signal]) : stop.abort(signal);
  let taker = end;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => taker(signal));
  const takeSignals = (other: SignalTaker) => {
    taker = other;
    return () => {
      taker = end;
    };
  };
  process.stdout.on('error', (error) => {
    if (codeOf(error) === 'EPIPE') process.exit(EXIT.ok); // the reader left early (`pcctl … | head`): no error of ours
    process.stderr.write(`${explain(systemError('write to standard output', error))}\n`);
    process.exit(EXIT.failed);
  });
  // A log whose reader is gone or whose disk is full: nobody can be told, and the work goes on.
  process.stderr.on('error', () => {});
  const { stdout, stderr, env } = process;
  const code = await main(process.argv.slice(2), {
    // Opening it makes a pipe non-blocking, for other programs that have it too: only for who reads it.
    get stdin() {
      return process.stdin;
    },
    stdout,
    stderr,
    env,
    signal: stop.signal,
    takeSignals,
    onSignal: (signal, listener) => process.on(signal, listener),
  });
  await Promise.all([flushed(stdout), flushed(stderr)]);
  // Not left to the event loop: a system call that never comes back (a dead file server) would keep it for ever.
  process.exit(code);
}

/** Waits until everything that was written has been handed to the kernel. */
function flushed(stream: Writable): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
