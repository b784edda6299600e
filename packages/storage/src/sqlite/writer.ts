/**
 * The thread that writes: no fsync blocks a request. What arrives while a commit is under way waits and is then committed
 * together: under load one fsync serves many requests. In between it seals what is complete.
 */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { Retention } from '../store.ts';
import type { Job } from './background.ts';
import { checkWhole } from './check-whole.ts';
import { failureOf } from './failure.ts';
import { lockBeside } from './lock.ts';
import { CLOSE, type Message, type Operations, type Reply, type Request } from './protocol.ts';
import { prepareDatabase } from './schema.ts';
import { systemClock } from './time.ts';
import { createWriter, type Writer } from './write-operations.ts';

export interface WriterData {
  readonly path: string;
  readonly retention: Retention;
}

/** How often it looks for something to seal or to delete. */
const SWEEP_MS = 5000;
/** Sealing that is ready when the store is closed is done for so long. */
const CLOSING_MS = 1000;

type Port = NonNullable<typeof parentPort>;

interface Opened {
  readonly db: DatabaseSync;
  readonly lock: DatabaseSync;
}

/** Takes requests and answers them, each kind in its way. */
class WriterThread {
  readonly #port: Port;
  readonly #db: DatabaseSync;
  readonly #lock: DatabaseSync;
  readonly #writer: Writer;
  #waiting: Request[] = [];
  #jobs: { readonly id: number; readonly job: Job }[] = [];
  #isScheduled = false;

  constructor(port: Port, { db, lock }: Opened, writer: Writer) {
    this.#port = port;
    this.#db = db;
    this.#lock = lock;
    this.#writer = writer;
    const sweep = setInterval(() => {
      writer.background.sweep();
      this.#schedule();
    }, SWEEP_MS);
    port.on('message', (request: Request | typeof CLOSE) => {
      if (request !== CLOSE) return this.#accept(request);
      clearInterval(sweep);
      this.#finish();
      port.close();
    });
  }

  #accept(request: Request): void {
    const { id, operation, argument } = request;
    const { jobs, loose } = this.#writer as { jobs: Operations; loose: Operations };
    if (operation in jobs) this.#jobs.push({ id, job: jobs[operation]?.(argument) as Job });
    else if (operation in loose) void this.#runLoose(request, loose);
    else this.#waiting.push(request);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (this.#turn()) this.#schedule();
    });
  }

  /** @returns whether there is more to do */
  #turn(): boolean {
    if (this.#waiting.length > 0) this.#commit();
    return this.#stepJob() || this.#writer.background.step();
  }

  #commit(): void {
    const requests = this.#waiting;
    this.#waiting = [];
    const began = performance.now();
    this.#say(runTogether(this.#db, this.#writer, requests));
    this.#say({ commit: { seconds: (performance.now() - began) / 1000, requests: requests.length } });
  }

  #stepJob(): boolean {
    const current = this.#jobs[0];
    if (!current) return false;
    try {
      const { done, value } = this.#writer.transact(() => current.job.next());
      if (!done) return true;
      this.#say([{ id: current.id, result: value }]);
    } catch (error) {
      this.#say([{ id: current.id, failure: failureOf(error) }]);
    }
    this.#jobs.shift();
    return true;
  }

  async #runLoose({ id, operation, argument }: Request, loose: Operations): Promise<void> {
    try {
      this.#say([{ id, result: await loose[operation]?.(argument) }]);
    } catch (error) {
      this.#say([{ id, failure: failureOf(error) }]);
    }
  }

  #finish(): void {
    if (this.#waiting.length > 0) this.#commit();
    const until = systemClock.elapsed() + CLOSING_MS;
    while (systemClock.elapsed() < until && this.#writer.background.step());
    this.#db.close();
    this.#lock.close();
  }

  #say(message: Message): void {
    this.#port.postMessage(message);
  }
}

/** Runs all requests in one transaction, each undone alone if it fails; nothing is answered before the commit. */
function runTogether(db: DatabaseSync, writer: Writer, requests: readonly Request[]): Reply[] {
  try {
    return writer.transact(() => requests.map((request) => runOne(db, writer, request)));
  } catch (error) {
    return requests.map(({ id }) => ({ id, failure: failureOf(error) }));
  }
}

function runOne(db: DatabaseSync, writer: Writer, { id, operation, argument }: Request): Reply {
  db.exec('SAVEPOINT request');
  try {
    const result = (writer.operations as Operations)[operation]?.(argument);
    db.exec('RELEASE request');
    return { id, result };
  } catch (error) {
    writer.forget();
    // A full disk may have undone the whole transaction already: then everything in it has failed.
    if (!db.isTransaction) throw error;
    db.exec('ROLLBACK TO request; RELEASE request');
    return { id, failure: failureOf(error) };
  }
}

function start(port: Port, { path, retention }: WriterData): void {
  const report = (text: string) => port.postMessage({ report: text } satisfies Message);
  let [lock, db]: (DatabaseSync | undefined)[] = [];
  try {
    lock = lockBeside(path);
    checkWhole(path);
    db = new DatabaseSync(path, { timeout: 2000 });
    prepareDatabase(db, path, report);
    new WriterThread(port, { db, lock }, createWriter(db, { retention, report }));
    port.postMessage([{ id: 0, result: undefined }] satisfies Message);
  } catch (error) {
    db?.close();
    lock?.close();
    port.postMessage([{ id: 0, failure: failureOf(error) }] satisfies Message);
    port.close();
  }
}

if (parentPort) start(parentPort, workerData as WriterData);
