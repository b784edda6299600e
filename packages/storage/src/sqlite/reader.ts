/** The thread that reads: an export or a chart that takes its time does not keep samples from being stored. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { fieldKinds } from '../rollup/field-kind.ts';
import type { SeriesReply, SeriesRequest } from '../store.ts';
import { Chunks } from './chunks.ts';
import { failureOf } from './failure.ts';
import { CLOSE, type Message, type Operations, type Reply, type Request } from './protocol.ts';
import { type Page, type PageRequest, readPage } from './reading.ts';
import { Rollups } from './rollups.ts';
import { readSeries } from './series.ts';
import { preparer } from './sql.ts';
import { machineId, summaryOperations } from './summaries.ts';
import { verify } from './verify.ts';
import { Waiting } from './waiting.ts';

export interface ReaderData {
  readonly path: string;
}

export type ReadOperations = ReturnType<typeof createReader>;

/** Everything that is read; each is called inside a transaction, so it sees one state. */
function createReader(db: DatabaseSync) {
  const sql = preparer(db);
  const kindOf = fieldKinds();
  const tables = {
    sql,
    kindOf,
    waiting: new Waiting(sql),
    chunks: new Chunks(sql),
    rollups: new Rollups(sql, kindOf),
  };
  return {
    ...summaryOperations(tables),
    page(request: PageRequest): Page {
      const machine = machineId(sql, request);
      return machine === undefined ? { text: '', headed: [], next: undefined } : readPage(tables, machine, request);
    },
    series(request: SeriesRequest): SeriesReply | undefined {
      const machine = machineId(sql, request);
      return machine === undefined ? undefined : readSeries(tables, machine, request);
    },
    verify: () => verify(tables),
  };
}

function answer(db: DatabaseSync, operations: Operations, { id, operation, argument }: Request): Reply {
  try {
    db.exec('BEGIN');
    return { id, result: operations[operation]?.(argument) };
  } catch (error) {
    return { id, failure: failureOf(error) };
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK');
  }
}

function start(port: NonNullable<typeof parentPort>, { path }: ReaderData): void {
  const say = (...replies: Reply[]) => port.postMessage(replies satisfies Message);
  try {
    const db = new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
    const operations = createReader(db);
    port.on('message', (request: Request | typeof CLOSE) => {
      if (request !== CLOSE) return say(answer(db, operations, request));
      db.close();
      port.close();
    });
    say({ id: 0, result: undefined });
  } catch (error) {
    say({ id: 0, failure: failureOf(error) });
    port.close();
  }
}

if (parentPort) start(parentPort, workerData as ReaderData);
