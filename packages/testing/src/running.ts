import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process whose output is read as it comes. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Waits until it has printed this, on either stream. @throws Error with what it printed, where it ends without */
  said(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Takes up what a process prints from now on. */
export function observe(child: ChildProcess): Running {
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
      child.emit('printed');
    });
  const ended = once(child, 'close').then(([code]) => ({ code, ...printed }));
  const said = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(printed.stdout) ?? pattern.exec(printed.stderr);
      if (found) return found;
      const last = await Promise.race([once(child, 'printed').then(() => undefined), ended]);
      if (last) throw new Error(`it ended with ${last.code} and did not say ${pattern}: ${last.stdout}${last.stderr}`);
    }
  };
  return { child, ended, said };
}
