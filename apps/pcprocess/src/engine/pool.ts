import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Batch } from './batch.ts';
import type { TablePlan } from './plan.ts';
import { Work, type Worked } from './work.ts';

/** Who works on batches. */
export interface Pool {
  /** How many batches may be under way before one should be waited for. */
  readonly depth: number;
  plan(plan: TablePlan): void;
  /** Its machine's rows are wanted no more: names alone. */
  forget(machine: string): void;
  /** @param spare a buffer for what is made of it */
  batch(batch: Batch, spare?: ArrayBuffer): Promise<Worked>;
  close(): void;
}

/** More threads than this wait for the one that reads. */
const MOST_THREADS = 4;

/** Below it threads cost more than they do. */
const SMALL_BYTES = 4 * 1024 * 1024;

/** Who works on inputs of so many bytes. */
export function openPool(bytes: number): Pool {
  return bytes < SMALL_BYTES ? openInline() : openThreads();
}

/** Threads: each loads the program and its memory anew, which pays from some thousand samples on. */
function openThreads(): Pool {
  return new ThreadPool(Math.min(availableParallelism(), MOST_THREADS));
}

/** No thread: for a small collection. */
function openInline(): Pool {
  const work = new Work();
  return {
    depth: 1,
    plan: (plan) => work.plan(plan),
    forget: (machine) => work.forget(machine),
    batch: async (batch, spare) => work.batch(batch, spare),
    close() {},
  };
}

/** It lies beside this file among the sources and in a bundle, under the name ending that this file has there. */
const PROGRAM = new URL(`./thread${extname(import.meta.url)}`, import.meta.url);

interface Waiting {
  readonly resolve: (worked: Worked) => void;
  readonly reject: (error: Error) => void;
}

class ThreadPool implements Pool {
  /** Why a thread broke down: what is sent from then on is in vain. */
  #failure: Error | undefined;
  readonly #threads: readonly { worker: Worker; waiting: Waiting[] }[];

  constructor(count: number) {
    this.#threads = Array.from({ length: count }, () => this.#start());
  }

  get depth(): number {
    return 2 * this.#threads.length;
  }

  plan(plan: TablePlan): void {
    for (const { worker } of this.#threads) worker.postMessage({ kind: 'plan', plan });
  }

  forget(machine: string): void {
    for (const { worker } of this.#threads) worker.postMessage({ kind: 'forget', machine });
  }

  batch(batch: Batch, spare?: ArrayBuffer): Promise<Worked> {
    if (this.#failure) return Promise.reject(this.#failure);
    const thread = this.#threads.reduce((least, other) =>
      other.waiting.length < least.waiting.length ? other : least,
    );
    return new Promise((resolve, reject) => {
      thread.waiting.push({ resolve, reject });
      const given = [batch.bytes.buffer, batch.entries.buffer, ...(spare ? [spare] : [])];
      thread.worker.postMessage({ kind: 'batch', batch, spare }, given);
    });
  }

  close(): void {
    for (const { worker } of this.#threads) void worker.terminate();
  }

  #start(): { worker: Worker; waiting: Waiting[] } {
    const worker = new Worker(PROGRAM, { resourceLimits: { maxYoungGenerationSizeMb: 8 } });
    const waiting: Waiting[] = [];
    worker.on('message', (worked: Worked) => waiting.shift()?.resolve(worked));
    worker.on('error', (cause: Error) => {
      // Without a code, whatever its cause has: an error with one would be taken for the input's.
      const failure = new Error(`a thread failed: ${cause.message}`, { cause });
      this.#failure ??= failure;
      for (const { reject } of waiting.splice(0)) reject(failure);
    });
    return { worker, waiting };
  }
}
