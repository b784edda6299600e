import { setImmediate } from 'node:timers/promises';
import { AskingProcess, type Question } from './asking-process.ts';
import type { FsCounts } from './counts.ts';
import type { FsMount } from './mount-table.ts';

/** How long a tick waits for mounts that may hang. */
const DEADLINE_MS = 200;
/** How long it waits for a process that was only just started to be ready. */
const START_MS = 1000;
/** A process that ended by itself is not replaced sooner. */
const RESTART_MS = 1000;
/** When a mount that hung is asked again; twice as long after each time that it hangs. */
const [FIRST_REST_MS, LONGEST_REST_MS] = [60_000, 3_600_000];

/** What is known of a mount from one tick to the next. */
interface Asked {
  readonly mount: FsMount;
  /** What it was asked and has not answered, or was too late to answer. */
  question?: Question | undefined;
  /** It hung: left alone until then, and until the process that asked it is gone, which may take as long as it hangs. */
  rest?: { readonly until: number; readonly length: number; readonly by: AskingProcess } | undefined;
}

/** What a tick does with the mounts: takes the counts of one, or the sentence that says why there are none. */
export interface Listener {
  onCounts(mount: FsMount, counts: FsCounts): void;
  report(problem: string): void;
}

/**
 * Asks mounts that may hang, from a process that there is only while there are such mounts. One that does not answer
 * costs one tick its deadline; after that it is asked now and then, and no tick waits for it until it has answered again.
 */
export class Asker {
  #process: AskingProcess | undefined;
  #startAfter = 0;
  #asked = new Map<string, Asked>();

  /** Asks all of them at once. Fails never: what cannot be asked is reported. */
  async ask(mounts: readonly FsMount[], listener: Listener): Promise<void> {
    this.#asked = new Map(mounts.map((mount) => [mount.key, this.#asked.get(mount.key) ?? { mount }]));
    this.#clearOld();
    const waited = [...this.#asked.values()].filter((asked) => this.#begin(asked) && !asked.rest);
    await this.#wait(waited.flatMap(({ question }) => question ?? []));
    for (const asked of waited) take(asked, listener);
    this.#giveUpHung();
    for (const { mount, rest } of this.#asked.values()) {
      if (rest)
        listener.report(`cannot statfs ${mount.path}: no answer within ${DEADLINE_MS} ms (is its server there?)`);
    }
  }

  /** There is nothing to ask any more, for now or for good. */
  close(): void {
    this.#process?.kill('closed');
    this.#process = undefined;
    this.#asked.clear();
  }

  /** What was left from earlier ticks: an answer that came too late is old, but it shows that the mount is back. */
  #clearOld(): void {
    for (const asked of this.#asked.values()) {
      const { question } = asked;
      if (question?.answer) asked.rest = undefined;
      if (question?.answer || question?.by.failure !== undefined) asked.question = undefined;
    }
    this.#giveUpHung();
  }

  /** Sends the question unless one is open already or the mount rests. @returns whether one is open */
  #begin(asked: Asked): boolean {
    const { rest } = asked;
    const isLeftAlone = rest && (performance.now() < rest.until || !rest.by.hasExited);
    if (!asked.question && !isLeftAlone) asked.question = this.#running()?.ask(asked.mount.path);
    return asked.question !== undefined;
  }

  #running(): AskingProcess | undefined {
    if (this.#process?.failure === undefined && this.#process) return this.#process;
    if (performance.now() < this.#startAfter) return this.#process;
    this.#startAfter = performance.now() + RESTART_MS;
    this.#process = new AskingProcess();
    return this.#process;
  }

  async #wait(questions: readonly Question[]): Promise<void> {
    if (questions.length === 0) return;
    await within(START_MS, Promise.race(questions.map(({ by }) => by.ready)));
    await within(DEADLINE_MS, Promise.all(questions.map(({ done }) => done)));
    // This process may have been the one that was late: what has come meanwhile is heard before anyone is given up.
    await setImmediate();
  }

  #giveUpHung(): void {
    const hung = [...this.#asked.values()].filter(({ question }) => question && isHung(question));
    if (hung.length === 0) return;
    for (const asked of hung) {
      const length = asked.rest ? Math.min(asked.rest.length * 2, LONGEST_REST_MS) : FIRST_REST_MS;
      if (asked.question) asked.rest = { until: performance.now() + length, length, by: asked.question.by };
      asked.question?.by.kill('a mount hangs');
    }
    this.#startAfter = 0;
    const isWanted = [...this.#asked.values()].some(({ rest }) => !rest);
    if (isWanted) this.#running(); // ready by the next tick
  }
}

function take(asked: Asked, { onCounts, report }: Listener): void {
  const { mount, question } = asked;
  if (!question) return;
  const { answer, by } = question;
  if (answer) asked.question = undefined;
  if (answer?.counts) onCounts(mount, answer.counts);
  else if (answer) report(`cannot statfs ${mount.path}: ${answer.code}`);
  else if (!isHung(question)) report(`cannot statfs ${mount.path}: ${by.failure ?? 'it could not be asked in time'}`);
}

/** A thread asks it, and has for long enough. */
function isHung({ begun, answer, by }: Question): boolean {
  return begun !== undefined && !answer && by.failure === undefined && performance.now() - begun > DEADLINE_MS / 2;
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, deadline]);
  clearTimeout(timer);
}
