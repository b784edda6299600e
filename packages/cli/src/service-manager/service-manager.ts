import { execFile } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Variables } from '../profile.ts';
import { openDatagrams } from './datagram.ts';

/** systemd-notify waits for the manager to have read the message, which takes milliseconds. */
const PATIENCE_MS = 5000;
/** How long a datagram is tried again that is not taken at once. */
const RETRY_MS = 1000;

export interface ServiceManagerSetup {
  readonly env: Variables;
  /** Takes a sentence about what the manager could not be told; once. */
  readonly report: (problem: string) => void;
}

/**
 * Tells systemd how a service is (sd_notify(3)), and that it is alive where the unit has a watchdog. Without systemd it
 * does nothing. A Node that cannot send datagrams leaves it to systemd's own program: then the unit needs
 * `NotifyAccess=all`.
 */
export class ServiceManager {
  readonly #setup: ServiceManagerSetup;
  #last: Promise<void> = Promise.resolve();
  #datagrams: ReturnType<typeof openDatagrams>;
  #watchdog: NodeJS.Timeout | undefined;
  #hasFailed = false;

  constructor(setup: ServiceManagerSetup) {
    this.#setup = setup;
    if (setup.env.NOTIFY_SOCKET) this.#datagrams = openDatagrams();
  }

  /**
   * The service does its work. From now on the watchdog is fed, as long as the event loop turns, and told the status of
   * that time.
   */
  ready(status: () => string): Promise<void> {
    const interval = watchdogInterval(this.#setup.env);
    if (interval !== undefined)
      this.#watchdog ??= setInterval(() => this.#tell('WATCHDOG=1', `STATUS=${status()}`), interval).unref();
    return this.#tell('READY=1', `STATUS=${status()}`);
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
    const { NOTIFY_SOCKET, PATH } = this.#setup.env;
    if (!NOTIFY_SOCKET) return;
    try {
      const send = this.#datagrams;
      const text = assignments.join('\n');
      const options = { env: { NOTIFY_SOCKET, PATH }, timeout: PATIENCE_MS };
      if (!send) await promisify(execFile)('systemd-notify', assignments, options);
      else if (!(await isTaken(() => send(NOTIFY_SOCKET, text), this.#hasFailed ? 0 : RETRY_MS)))
        throw new Error(`${NOTIFY_SOCKET} takes nothing`);
    } catch (error) {
      const { message } = error as Error;
      if (!this.#hasFailed) this.#setup.report(`systemd cannot be told ${assignments[0]}: ${message.trim()}`);
      this.#hasFailed = true;
    }
  }
}

/** A manager that starts a whole host has its hands full and may take no message for a moment: READY must not be lost. */
async function isTaken(send: () => boolean, patience: number): Promise<boolean> {
  const end = performance.now() + patience;
  while (!send()) {
    if (performance.now() >= end) return false;
    await setTimeout(10);
  }
  return true;
}

/** Milliseconds: half of what systemd waits for; undefined where this process has no watchdog. */
function watchdogInterval({ WATCHDOG_USEC, WATCHDOG_PID }: Variables): number | undefined {
  const microseconds = Number(WATCHDOG_USEC);
  const isOurs = !WATCHDOG_PID || WATCHDOG_PID === String(process.pid);
  return microseconds > 0 && isOurs ? microseconds / 2000 : undefined;
}
