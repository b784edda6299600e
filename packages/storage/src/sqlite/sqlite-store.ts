import { extname } from 'node:path';
import { encodeLine, type Header, type Sample } from '@perfcollector/collection';
import { isPacked, packer } from '../packed/packed-sample.ts';
import {
  type Batch,
  type KeyStore,
  type MachineRef,
  type Retention,
  type Store,
  StoreError,
  type TimeRange,
} from '../store.ts';
import type { AppendRequest } from './append.ts';
import type { Commit, Notice } from './protocol.ts';
import type { ReaderData, ReadOperations } from './reader.ts';
import type { Page, Position } from './reading.ts';
import { DatabaseThread } from './thread.ts';
import type { Writer } from './write-operations.ts';
import type { WriterData } from './writer.ts';

/** The embedded store holds both: the samples, and the keys. */
export type EmbeddedStore = Store & KeyStore & { readonly maintenance: NonNullable<Store['maintenance']> };

export interface SqliteOptions {
  /** What is deleted of its own accord, every few minutes; nothing where it is not given. */
  readonly retention?: Retention;
  /** Is told of every commit. */
  readonly onCommit?: (commit: Commit) => void;
  /** Takes what the store has to say, sentence by sentence. */
  readonly report?: (sentence: string) => void;
}

/** Jobs give their result in the end, whatever steps they take. */
type JobResults = {
  [K in keyof Writer['jobs']]: (argument: Parameters<Writer['jobs'][K]>[0]) => ResultOf<ReturnType<Writer['jobs'][K]>>;
};
type ResultOf<G> = G extends Generator<unknown, infer R> ? R : never;
type Writing = DatabaseThread<Writer['operations'] & JobResults & Writer['loose']>;
type Reading = DatabaseThread<ReadOperations>;

/**
 * Opens (or makes) the embedded store in a file. That of an older version is brought to ours; a copy of it as it was stays
 * beside it.
 * @throws StoreError: BUSY where another pcd uses it, DAMAGED where it is no database of ours, READONLY where it cannot be
 * written, NO_ACCESS where it cannot be opened, FULL where the disk is, FAILED otherwise
 */
export async function openSqliteStore(path: string, options: SqliteOptions = {}): Promise<EmbeddedStore> {
  const onNotice = noticeTaker(options);
  const data: WriterData = { path, retention: options.retention ?? {} };
  const writer: Writing = new DatabaseThread({ program: programOf('writer'), data, onNotice });
  await writer.opened;
  let reader: Promise<Reading> | undefined; // begun when it is needed: most of the time a store is written
  let isClosed = false;
  const read = (async (operation: keyof ReadOperations, argument: never) => {
    if (isClosed) throw new StoreError('FAILED', 'the store is closed');
    reader ??= openReader(path, onNotice);
    return (await reader).call(operation, argument);
  }) as Reading['call'];
  return {
    kind: 'sqlite',
    append: async (batch) => writer.call('append', toRequest(batch)),
    machines: (tenant) => read('machines', tenant),
    machine: async (ref) => {
      const found = await read('machine', ref);
      return found && { ...found, header: found.header === null ? null : (JSON.parse(found.header) as Header) };
    },
    completeness: (ref, range) => read('completeness', { ...ref, ...range }),
    deleteMachine: (ref) => writer.call('deleteMachine', ref),
    collection: (ref, range) => collectionOf(read, ref, range),
    series: (request) => read('series', request),
    totals: (tenant) => read('totals', tenant),
    stats: () => read('stats'),
    ready: () => writer.call('ready'), // whoever can write to a file can read it
    maintenance: {
      prune: (retention) => writer.call('prune', retention),
      backup: (file) => writer.call('backup', file),
      vacuum: () => writer.call('vacuum'),
      seal: () => writer.call('seal'),
      // It takes long, so it has a thread of its own.
      async verify() {
        const verifier = await openReader(path, onNotice);
        try {
          return await verifier.call('verify');
        } finally {
          await verifier.close();
        }
      },
    },
    keys: () => writer.call('keys'),
    putKey: (key) => writer.call('putKey', key),
    deleteKey: (id) => writer.call('deleteKey', id),
    noteKeyUse: (used) => writer.call('noteKeyUse', used),
    addAudit: (entry) => writer.call('addAudit', entry),
    audit: (query) => writer.call('audit', query),
    async close() {
      isClosed = true;
      await reader?.then(
        (thread) => thread.close(),
        () => undefined,
      );
      await writer.close(); // the last to close brings everything into the one file
    },
  };
}

/** It lies beside this file among the sources and in a bundle, under the name ending that this file has there. */
function programOf(name: 'writer' | 'reader'): URL {
  return new URL(`./${name}${extname(import.meta.url)}`, import.meta.url);
}

async function openReader(path: string, onNotice: (notice: Notice) => void): Promise<Reading> {
  const data: ReaderData = { path };
  const reader: Reading = new DatabaseThread({ program: programOf('reader'), data, onNotice });
  await reader.opened;
  return reader;
}

function noticeTaker({ onCommit, report }: SqliteOptions): (notice: Notice) => void {
  return (notice) => {
    if ('report' in notice) report?.(notice.report);
    else onCommit?.(notice.commit);
  };
}

function toRequest({ tenant, machine, headers, samples, events }: Batch): AppendRequest {
  const shapes = new Map<string, number>();
  const pack = packer(machine);
  return {
    tenant,
    machine,
    now: Date.now() / 1000,
    headers: headers.map((header) => ({ run: header.run, started: header.started, line: lineOf(header) })),
    events: events.map((event) => ({ ms: toMs(event.timestamp), run: event.run ?? null, line: lineOf(event) })),
    samples: samples.map((sample) => {
      const { names, count: _count, ...packed } = isPacked(sample) ? sample : pack(sample);
      const shape = shapes.get(names) ?? shapes.size;
      shapes.set(names, shape);
      return { ...packed, shape };
    }),
    shapes: [...shapes.keys()],
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

async function* collectionOf(read: Reading['call'], ref: MachineRef, { from, to }: TimeRange): AsyncGenerator<string> {
  const headed: string[] = [];
  const last = to === undefined ? Number.MAX_SAFE_INTEGER : toMs(to);
  let after: Position | undefined = { ms: from === undefined ? -1 : toMs(from) - 1, event: LAST_EVENT };
  while (after) {
    const page: Page = await read('page', { ...ref, after, to: last, headed });
    headed.push(...page.headed);
    if (page.text !== '') yield page.text;
    after = page.next;
  }
}
