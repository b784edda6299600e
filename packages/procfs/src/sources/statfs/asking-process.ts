import { type ChildProcess, spawn } from 'node:child_process';
import { askingScript } from './asking-script.ts';
import type { FsCounts } from './counts.ts';

/** How many mounts it asks at a time: so many may hang before the others wait. */
const THREADS = 16;

/** One question, and what became of it. */
export interface Question {
  readonly by: AskingProcess;
  /** On the monotonic clock, milliseconds: when a thread began to ask. */
  begun?: number;
  answer?: Answer;
  /** Settled once there is an answer, or never will be. */
  readonly done: Promise<void>;
}

/** Counts, or the code of the error. */
interface Answer {
  readonly counts?: FsCounts | undefined;
  readonly code: string;
}

type OpenQuestion = Question & { finish(): void };

/**
 * A process that asks mounts. A call of statfs that hangs cannot be taken back: then the process is killed and left to
 * itself, for while it waits in the kernel even that may take until the server is back. It keeps nothing running: this
 * process may end at any time, and it ends with it.
 */
export class AskingProcess {
  readonly #child: ChildProcess;
  readonly #questions = new Map<number, OpenQuestion>();
  #asked = 0;
  #rest = '';
  #isReady: () => void = () => {};
  /** Settled when it can be asked, or when it failed. */
  readonly ready = new Promise<void>((resolve) => {
    this.#isReady = resolve;
  });
  /** Why it is of no more use; undefined while it is. */
  failure: string | undefined;
  /** Whether it is gone from the kernel too. */
  hasExited = false;

  constructor() {
    const flags = ['--v8-pool-size=0', '--max-semi-space-size=1', '--input-type=commonjs'];
    this.#child = spawn(process.execPath, [...flags, '--eval', askingScript], {
      argv0: 'perfcollector', // by this name the packaged executable runs this one script, as Node does any
      cwd: '/',
      env: { UV_THREADPOOL_SIZE: String(THREADS) },
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: true, // a terminal's interrupt is for the agent, which ends when it has written its last sample
    });
    this.#listen();
  }

  ask(path: string): Question {
    const id = this.#asked++;
    let finish = () => {};
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const question: OpenQuestion = { by: this, done, finish };
    this.#questions.set(id, question);
    if (this.failure === undefined) this.#child.stdin?.write(`${JSON.stringify([id, path])}\n`);
    else finish();
    return question;
  }

  /** Lets it go, whatever it is doing. */
  kill(why: string): void {
    this.#fail(why);
    this.#child.kill('SIGKILL');
    this.#child.stdin?.destroy();
    this.#child.stdout?.destroy();
  }

  #listen(): void {
    const child = this.#child;
    child.unref();
    for (const pipe of [child.stdin, child.stdout]) {
      (pipe as { unref?(): void } | null)?.unref?.();
      pipe?.on('error', () => {}); // it has ended: told by 'exit'
    }
    child.on('error', (error: NodeJS.ErrnoException) => {
      this.hasExited ||= child.pid === undefined;
      this.#fail(`cannot start the process that asks: ${error.code ?? error.message}`);
    });
    child.on('exit', (code, signal) => {
      this.hasExited = true;
      this.#fail(`the process that asks ended (${signal ?? code})`);
    });
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
  }

  #hear(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const [id, code, counts] = JSON.parse(line) as [number?, string?, FsCounts?];
      if (id === undefined) this.#isReady();
      else this.#note(id, code, counts);
    }
  }

  #note(id: number, code: string | undefined, counts: FsCounts | undefined): void {
    const question = this.#questions.get(id);
    if (!question) return;
    if (code === undefined) {
      question.begun = performance.now();
      return;
    }
    question.answer = { code, counts };
    this.#questions.delete(id);
    question.finish();
  }

  #fail(why: string): void {
    this.failure ??= why;
    this.#isReady();
    for (const question of this.#questions.values()) question.finish();
    this.#questions.clear();
  }
}
