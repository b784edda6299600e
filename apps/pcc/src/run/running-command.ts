import { constants } from 'node:os';
import type { Io } from '@perfcollector/cli';
import { type Child, type Ended, StartError, startChild } from './child.ts';

/** A command from before its start to its end. While it runs, the signals that come for pcc are its own. */
export class RunningCommand {
  readonly #words: readonly string[];
  readonly #io: Io;
  readonly #over = new AbortController();
  #child: Child | undefined;

  constructor(words: readonly string[], io: Io) {
    this.#words = words;
    this.#io = io;
  }

  /** Aborted when it has ended. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Settles when it has ended; at once where it was not started. */
  get ended(): Promise<Ended | undefined> {
    return this.#child?.ended ?? Promise.resolve(undefined);
  }

  /** @throws StartError */
  async start(): Promise<void> {
    const { signal, env, takeSignals } = this.#io;
    if (signal.aborted) throw interrupted(signal.reason);
    const child = await startChild(this.#words, env);
    this.#child = child;
    const giveBack = takeSignals?.((came) => child.pass(came));
    const end = () => child.pass('SIGTERM'); // of a caller without signals
    signal.addEventListener('abort', end);
    void child.ended.then(() => {
      giveBack?.();
      signal.removeEventListener('abort', end);
      this.#over.abort();
    });
  }
}

function interrupted(signal: unknown): StartError {
  const number = constants.signals[signal === 'SIGINT' ? 'SIGINT' : 'SIGTERM'];
  return new StartError('the command was not started: pcc was told to end', 128 + number);
}
