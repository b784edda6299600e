import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: the same on every Linux that Node runs on. */
const CLOCK_TICKS = 100;
const LONGEST_STOP_MS = 15_000;

/** The processes of a bench. Whatever happens, each is ended, by its own handle. */
export class Children implements AsyncDisposable {
  readonly #running = new Set<ChildProcess>();

  start(path: string, args: readonly string[], options: SpawnOptions = {}): Child {
    const process = spawn(path, args, { stdio: 'ignore', ...options });
    this.#running.add(process);
    const ended = new Promise<void>((resolve) => {
      process.on('close', resolve).on('error', resolve);
    }).then(() => void this.#running.delete(process));
    return new Child(path, process, ended);
  }

  /** For the way out that has no time to wait. */
  kill(): void {
    for (const process of this.#running) process.kill('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = [...this.#running].map((process) => once(process, 'close'));
    this.kill();
    await Promise.all(ended);
  }
}

export interface Memory {
  /** MB that belong to the process alone, and with the pages of files that it has mapped. */
  readonly anonymous: number;
  readonly total: number;
}

/** A process as the kernel sees it. */
export class Child {
  readonly process: ChildProcess;
  readonly #name: string;
  readonly #ended: Promise<void>;

  constructor(name: string, process: ChildProcess, ended: Promise<void>) {
    this.#name = name;
    this.process = process;
    this.#ended = ended;
  }

  /** @throws Error where it runs no more */
  get pid(): number {
    const { pid, exitCode, signalCode } = this.process;
    if (pid !== undefined && exitCode === null && signalCode === null) return pid;
    throw new Error(`${this.#name} ended early (${exitCode ?? signalCode ?? 'it could not be started'})`);
  }

  /** Microseconds on a processor, user and system, of all its threads. man 5 proc; schedstat counts nanoseconds. */
  cpu(): number {
    const tasks = `/proc/${this.pid}/task`;
    const nanoseconds = readdirSync(tasks).map((id) =>
      Number(readFileSync(`${tasks}/${id}/schedstat`, 'utf8').split(' ')[0]),
    );
    return nanoseconds.reduce((sum, count) => sum + count, 0) / 1000;
  }

  /** Seconds on a processor, user and system, of all its threads, those that have ended too. man 5 proc. */
  processorSeconds(): number {
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'latin1');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11);
    return (Number(user) + Number(system)) / CLOCK_TICKS;
  }

  memory(): Memory {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const mb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
    return { anonymous: mb('RssAnon'), total: mb('VmRSS') };
  }

  pause(): void {
    this.process.kill('SIGSTOP');
  }

  resume(): void {
    this.process.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    this.process.kill('SIGCONT');
    this.process.kill('SIGTERM');
    const impatience = setTimeout(() => this.process.kill('SIGKILL'), LONGEST_STOP_MS);
    await this.#ended;
    clearTimeout(impatience);
  }
}
