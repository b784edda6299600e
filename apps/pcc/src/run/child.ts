import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { codeOf, type Io, systemError, UserError } from '@perfcollector/cli';
import { type ChildrenTime, childrenTime, isInForeground } from './own-stat.ts';

/** What a command came to. */
export interface Ended {
  /** As a shell gives it: the command's own, or 128 and the number of the signal that ended it. */
  readonly exitCode: number;
  readonly elapsedMs: number;
  /** Of the command and its descendants that were waited for. */
  readonly time: ChildrenTime;
  /** KiB; the most that the command's own process was seen with. Undefined where it ended before it was looked at. */
  readonly peakMemory: number | undefined;
}

/** How often the process's own record of its peak memory is read. */
const LOOK_MS = 100;
/** What shells answer for a command that is not there, or cannot be run. */
const NOT_FOUND = 127;
const NOT_RUNNABLE = 126;

/** A command that was not started. */
export class StartError extends UserError {
  /** As a shell gives it. */
  readonly exitCode: number;

  constructor(message: string, exitCode: number, more: { hint?: string; cause?: unknown } = {}) {
    super('NOT_STARTED', message, more);
    this.exitCode = exitCode;
  }
}

/** A command that runs with this process's own standard streams. Open it with `startChild`. */
export class Child {
  /** Settles when the command has ended. */
  readonly ended: Promise<Ended>;
  readonly #process: ChildProcess;
  #peakMemory: number | undefined;

  constructor(process: ChildProcess, began: { at: number; time: ChildrenTime }) {
    this.#process = process;
    const looking = setInterval(() => this.#look(), LOOK_MS);
    // A signal that may not be sent (the command became another user) is an error event: the command goes on.
    process.on('error', () => {});
    this.ended = new Promise((resolve) => {
      process.once('exit', (code, signal) => {
        clearInterval(looking);
        const time = childrenTime();
        resolve({
          exitCode: exitCodeOf(code, signal),
          elapsedMs: performance.now() - began.at,
          time: { user: time.user - began.time.user, system: time.system - began.time.system },
          peakMemory: this.#peakMemory,
        });
      });
    });
  }

  /** Hands a signal on that came for this process. A terminal's Ctrl-C went to the command as well: it gets no second one. */
  pass(signal: NodeJS.Signals): void {
    if (signal === 'SIGINT' && isInForeground()) return;
    this.#process.kill(signal);
  }

  /** `VmHWM:	    3456 kB` of /proc/pid/status: kept by the kernel, so that looking late misses nothing but the end. */
  #look(): void {
    try {
      const status = readFileSync(`/proc/${this.#process.pid}/status`, 'utf8');
      const peak = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1];
      if (peak !== undefined) this.#peakMemory = Number(peak);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ESRCH' && codeOf(error) !== 'EACCES') throw error;
    }
  }
}

/**
 * Starts a command as a shell would find it. Whatever ends this process meanwhile, signals are the command's.
 * @throws StartError
 */
export async function startChild([name = '', ...args]: readonly string[], env: Io['env']): Promise<Child> {
  const began = { at: performance.now(), time: childrenTime() };
  const child = spawned(name, args, env);
  if (child.pid !== undefined) return new Child(child, began);
  throw startError(name, await new Promise((resolve) => child.once('error', resolve)));
}

/** The commonest errors come as an event, the others (ENOTDIR, E2BIG) at once. */
function spawned(name: string, args: readonly string[], env: Io['env']): ChildProcess {
  if (name === '') throw noSuchCommand("''");
  try {
    // The key is pcc's: what it is for, the command has no business with.
    const { PCC_APIKEY: _, ...rest } = env;
    return spawn(name, args, { stdio: 'inherit', env: rest });
  } catch (error) {
    throw startError(name, error);
  }
}

function startError(name: string, cause: unknown): StartError {
  if (codeOf(cause) !== 'ENOENT')
    return new StartError(systemError(`run ${name}`, cause).message, NOT_RUNNABLE, { cause });
  return noSuchCommand(name, cause);
}

function noSuchCommand(name: string, cause?: unknown): StartError {
  const hint = 'Check its name, and PATH.';
  return new StartError(`cannot run ${name}: there is no such command`, NOT_FOUND, { hint, cause });
}

function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  if (signal !== null) return 128 + constants.signals[signal];
  return code ?? 0;
}
