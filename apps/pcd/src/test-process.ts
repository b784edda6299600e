/** What the tests of pcd as a process share: a pcd that runs beside them. Nothing else imports it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('./bin.ts', import.meta.url));

/** The command line of pcd as it is shipped: a bundle, where one is built of these sources. */
export const SHIPPED = [process.execPath, fileURLToPath(new URL('../bin/pcd.mjs', import.meta.url))];

type Env = Readonly<Record<string, string>>;

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process of pcd and what it says. */
export class PcdProcess {
  readonly child: ChildProcess;
  /** When it has ended and everything that it said has been read. */
  readonly ended: Promise<Ended>;
  #stdout = '';
  #stderr = '';
  #onText: () => void = () => {};

  /** @param program the command line that starts pcd, where another program comes before it */
  constructor(args: readonly string[], env: Env, program: readonly string[] = [process.execPath, BIN]) {
    const { PATH, HOME } = process.env;
    const [command = '', ...before] = program;
    this.child = spawn(command, [...before, ...args], {
      env: { PATH, HOME, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#onText();
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#onText();
    });
    this.ended = once(this.child, 'close').then(([code, signal]) => {
      return { code, signal, stdout: this.#stdout, stderr: this.#stderr };
    });
  }

  /** Waits until it has said something on either stream. @throws Error where it ends without saying it */
  async said(pattern: RegExp): Promise<RegExpExecArray> {
    const heard = new Promise<RegExpExecArray>((resolve) => {
      this.#onText = () => {
        const found = pattern.exec(`${this.#stdout}\n${this.#stderr}`);
        if (found) resolve(found);
      };
      this.#onText();
    });
    const ended = this.ended.then(({ code, stderr }) => {
      throw new Error(`pcd ended with ${code} and never said ${pattern}: ${stderr}`);
    });
    return Promise.race([heard, ended]);
  }

  async kill(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** A pcd that has begun to listen, on a port of its own. */
export interface RunningPcd extends AsyncDisposable {
  readonly process: PcdProcess;
  readonly url: string;
}

export async function startPcd(home: string, env: Env = {}, program?: readonly string[]): Promise<RunningPcd> {
  const pcd = new PcdProcess([], { PCD_LISTENADDRESS: '127.0.0.1:0', PCD_HOME: home, ...env }, program);
  const [, url = ''] = await pcd.said(/^pcd .* listening on (\S+?), home .*$/m);
  return {
    process: pcd,
    url,
    async [Symbol.asyncDispose]() {
      await pcd.kill('SIGKILL');
    },
  };
}
