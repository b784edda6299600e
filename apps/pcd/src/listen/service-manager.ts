import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** systemd-notify waits for the manager to have read the message, which takes milliseconds. */
const PATIENCE_MS = 5000;

export interface ServiceManagerSetup {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes a sentence about what the manager could not be told; once. */
  readonly report: (problem: string) => void;
}

/**
 * Tells systemd how pcd is (sd_notify(3)), and that it is alive where the unit has a watchdog. Without systemd it does
 * nothing. Node has no datagrams on Unix sockets, so systemd's own program sends the messages: the unit needs
 * `NotifyAccess=all`.
 */
export class ServiceManager {
  readonly #env: ServiceManagerSetup['env'];
  readonly #report: ServiceManagerSetup['report'];
  #last: Promise<void> = Promise.resolve();
  #watchdog: NodeJS.Timeout | undefined;
  #hasFailed = false;

  constructor({ env, report }: ServiceManagerSetup) {
    this.#env = env;
    this.#report = report;
  }

  /** pcd serves. From now on the watchdog is fed, as long as the event loop turns. */
  ready(status: string): Promise<void> {
    const interval = watchdogInterval(this.#env);
    if (interval !== undefined) this.#watchdog ??= setInterval(() => this.#tell('WATCHDOG=1'), interval).unref();
    return this.#tell('READY=1', `STATUS=${status}`);
  }

  reloading(): Promise<void> {
    const microseconds = process.hrtime.bigint() / 1000n; // of the clock that systemd compares it with, CLOCK_MONOTONIC
    return this.#tell('RELOADING=1', `MONOTONIC_USEC=${microseconds}`);
  }

  stopping(status: string): Promise<void> {
    return this.#tell('STOPPING=1', `STATUS=${status}`);
  }

  /** Ends when everything has been told. */
  close(): Promise<void> {
    clearInterval(this.#watchdog);
    return this.#last;
  }

  /** One message after the other, for their order is what they mean. */
  #tell(...assignments: readonly string[]): Promise<void> {
    this.#last = this.#last.then(() => this.#send(assignments));
    return this.#last;
  }

  async #send(assignments: readonly string[]): Promise<void> {
    const { NOTIFY_SOCKET, PATH } = this.#env;
    if (!NOTIFY_SOCKET) return;
    try {
      await promisify(execFile)('systemd-notify', assignments, { env: { NOTIFY_SOCKET, PATH }, timeout: PATIENCE_MS });
    } catch (error) {
      if (!this.#hasFailed)
        this.#report(`systemd cannot be told ${assignments[0]}: ${(error as Error).message.trim()}`);
      this.#hasFailed = true;
    }
  }
}

/** Milliseconds: half of what systemd waits for; undefined where this process has no watchdog. */
function watchdogInterval({ WATCHDOG_USEC, WATCHDOG_PID }: ServiceManagerSetup['env']): number | undefined {
  const microseconds = Number(WATCHDOG_USEC);
  const isOurs = !WATCHDOG_PID || WATCHDOG_PID === String(process.pid);
  return microseconds > 0 && isOurs ? microseconds / 2000 : undefined;
}
