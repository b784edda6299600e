import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { StoreError } from '../store.ts';
import { CLOSE, type Message, type Notice, type Operations, type Reply, type Request } from './protocol.ts';

type Result<O extends Operations, K extends keyof O> = Awaited<ReturnType<O[K]>>;
type Argument<O extends Operations, K extends keyof O> = Parameters<O[K]>[0];

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

export interface ThreadSetup {
  readonly program: URL;
  readonly data: unknown;
  readonly onNotice: (notice: Notice) => void;
}

function closed(): StoreError {
  return new StoreError('FAILED', 'the store is closed');
}

/** Requests to a database's thread and the answers that come back. */
export class DatabaseThread<O extends Operations> {
  /** @throws StoreError where the database cannot be opened */
  readonly opened: Promise<void>;
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #end: StoreError | undefined;
  #closing: Promise<void> | undefined;

  constructor({ program, data, onNotice }: ThreadSetup) {
    this.#worker = new Worker(program, { workerData: data });
    this.opened = new Promise((resolve, reject) => this.#pending.set(0, { resolve, reject }));
    this.#worker.on('message', (message: Message) => {
      if (!Array.isArray(message)) onNotice(message as Notice);
      else for (const reply of message as Reply[]) this.#settle(reply);
    });
    this.#worker.on('error', (error: Error) =>
      this.#failAll(new StoreError('FAILED', `the store broke down: ${error.message}`, { cause: error })),
    );
    this.#worker.on('exit', () => this.#failAll(closed()));
  }

  call<K extends keyof O & string>(operation: K, argument?: Argument<O, K>): Promise<Result<O, K>> {
    if (this.#end) return Promise.reject(this.#end);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, operation, argument } satisfies Request);
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#end) return;
    this.#end = closed(); // what is asked from now on would come to a database that is closed
    const exit = once(this.#worker, 'exit');
    this.#worker.postMessage(CLOSE);
    await exit;
  }

  #settle(reply: Reply): void {
    const waiting = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if ('failure' in reply) waiting?.reject(new StoreError(reply.failure.code, reply.failure.message));
    else waiting?.resolve(reply.result as never);
  }

  #failAll(error: StoreError): void {
    this.#end ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
