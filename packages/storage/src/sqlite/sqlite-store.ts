import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Header, Sample } from '@perfcollector/collection';
import { encodeLine } from '@perfcollector/collection';
import { type Batch, type KeyStore, type MachineRef, type Store, StoreError, type TimeRange } from '../store.ts';
import type { AppendRows, Operations, Page, Position, Row } from './operations.ts';
import { CLOSE, type Reply, type Request } from './protocol.ts';

/** The embedded store holds both: the samples, and the keys. */
export type EmbeddedStore = Store & KeyStore;

type Result<K extends keyof Operations> = ReturnType<Operations[K]>;
type Argument<K extends keyof Operations> = Parameters<Operations[K]>[0];

/**
 * Opens (or makes) the embedded store in a file. That of an older version is brought to ours; a copy of it as it was stays
 * beside it.
 * @throws StoreError: BUSY where another pcd uses it, DAMAGED where it is no database of ours, FAILED otherwise
 */
export async function openSqliteStore(path: string): Promise<EmbeddedStore> {
  const thread = new DatabaseThread(path);
  await thread.opened;
  const call = <K extends keyof Operations>(operation: K, argument?: Argument<K>) => thread.call(operation, argument);
  return {
    kind: 'sqlite',
    append: (batch) => call('append', toRows(batch)),
    machines: (tenant) => call('machines', tenant),
    machine: async (ref) => {
      const found = await call('machine', ref);
      return found && { ...found, header: found.header === null ? null : (JSON.parse(found.header) as Header) };
    },
    completeness: (ref, range) => call('completeness', { ...ref, ...range }),
    deleteMachine: (ref) => call('deleteMachine', ref),
    collection: (ref, range) => collectionOf(thread, ref, range),
    series: () => Promise.reject(new StoreError('FAILED', 'not yet')),
    totals: (tenant) => call('totals', tenant),
    stats: () => call('stats'),
    keys: () => call('keys'),
    putKey: (key) => call('putKey', key),
    deleteKey: (id) => call('deleteKey', id),
    noteKeyUse: (used) => call('noteKeyUse', used),
    addAudit: (entry) => call('addAudit', entry),
    audit: (query) => call('audit', query),
    close: () => thread.close(),
  };
}

function toRows({ tenant, machine, headers, samples, events }: Batch): AppendRows {
  return {
    tenant,
    machine,
    headers: headers.map((header) => ({ run: header.run, started: header.started, line: lineOf(header) })),
    samples: samples.map((sample) => ({
      ms: toMs(sample.timestamp),
      run: sample.run ?? null,
      seq: sample.seq ?? null,
      line: lineOf(sample),
    })),
    events: events.map((event) => ({ ms: toMs(event.timestamp), run: event.run ?? null, line: lineOf(event) })),
  };
}

function lineOf(value: Header | Sample | Batch['events'][number]): string {
  return encodeLine(value).trimEnd();
}

function toMs(seconds: number): number {
  return Math.round(seconds * 1000);
}

/** Behind every event of a moment: no line begins with a character above U+10FFFF. */
const LAST_EVENT = '\u{10FFFF}';

async function* collectionOf(thread: DatabaseThread, ref: MachineRef, { from, to }: TimeRange): AsyncGenerator<string> {
  const headed = new Set<string>();
  const last = to === undefined ? Number.MAX_SAFE_INTEGER : toMs(to);
  let after: Position | undefined = { ms: from === undefined ? -1 : toMs(from) - 1, event: LAST_EVENT };
  while (after) {
    const page: Page = await thread.call('page', { ...ref, after, to: last });
    yield await encodePage(thread, { ref, rows: page.rows, headed });
    after = page.next;
  }
}

async function encodePage(
  thread: DatabaseThread,
  page: { ref: MachineRef; rows: readonly Row[]; headed: Set<string> },
): Promise<string> {
  let text = '';
  for (const { run, line } of page.rows) {
    if (run !== null && !page.headed.has(run)) {
      page.headed.add(run);
      const header = await thread.call('header', { ...page.ref, run });
      if (header !== undefined) text += `${header}\n`;
    }
    text += `${line}\n`;
  }
  return text;
}

/** It lies beside this file among the sources and in a bundle, under the name ending that this file has there. */
const WORKER = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

/** Requests to the database's thread and the answers that come back. */
class DatabaseThread {
  readonly opened: Promise<void>;
  readonly #worker: Worker;
  readonly #pending = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  #lastId = 0;
  #end: StoreError | undefined;

  constructor(path: string) {
    this.#worker = new Worker(WORKER, { workerData: { path } });
    this.opened = new Promise((resolve, reject) => this.#pending.set(0, { resolve, reject }));
    this.#worker.on('message', (reply: Reply) => this.#settle(reply));
    this.#worker.on('error', (error: Error) =>
      this.#failAll(new StoreError('FAILED', `the store broke down: ${error.message}`, { cause: error })),
    );
    this.#worker.on('exit', () => this.#failAll(new StoreError('FAILED', 'the store is closed')));
  }

  call<K extends keyof Operations>(operation: K, argument: Argument<K> | undefined): Promise<Result<K>> {
    if (this.#end) return Promise.reject(this.#end);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, operation, argument } satisfies Request);
    });
  }

  async close(): Promise<void> {
    if (this.#end) return;
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
