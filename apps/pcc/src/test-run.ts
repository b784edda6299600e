/** What the tests of pcc share. Nothing else imports it. */
import { EventEmitter, once } from 'node:events';
import { type Ran, runMain, type Setting } from '@perfcollector/testing';
import { main } from './main.ts';

/** Runs of tests share a home, and so would share its control socket: they have none unless they ask for one. */
export function runPcc(argv: readonly string[], { env, ...setting }: Setting = {}): Promise<Ran> {
  return runMain(main, argv, { ...setting, env: { PCC_CONTROL: 'none', ...env } });
}

/** A pcc that runs until it is stopped. */
export interface RunningPcc {
  /** What it has said, once a line of it matches. */
  stderrMatching(pattern: RegExp): Promise<RegExpExecArray>;
  /** As SIGTERM does; gives the exit code. */
  stop(): Promise<number>;
}

export function startPcc(argv: readonly string[], setting: Setting = {}): RunningPcc {
  const stop = new AbortController();
  const heard = new EventEmitter();
  let said = '';
  const onStderr = (text: string) => {
    said += text;
    heard.emit('more');
  };
  const running = runMain(main, argv, { ...setting, signal: stop.signal, onStderr });
  return {
    async stderrMatching(pattern) {
      for (;;) {
        const match = pattern.exec(said);
        if (match) return match;
        const isMore = once(heard, 'more').then(() => true);
        if (!(await Promise.race([isMore, running.then(() => false)]))) throw new Error(`pcc ended and said: ${said}`);
      }
    },
    async stop() {
      stop.abort('SIGTERM');
      return (await running).code;
    },
  };
}
