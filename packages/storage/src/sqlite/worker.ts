/**
 * The database's own thread: no fsync blocks a request. What arrives while a commit is under way waits and is then
 * committed together: under load one fsync serves many requests.
 */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { StoreErrorCode } from '../store.ts';
import { createOperations, type Operations } from './operations.ts';
import { CLOSE, type Reply, type Request } from './protocol.ts';
import { ForeignDatabaseError, prepareDatabase } from './schema.ts';

/** SQLite's primary result codes; https://www.sqlite.org/rescode.html. */
const RESULT_CODES: Record<number, StoreErrorCode> = { 5: 'BUSY', 11: 'DAMAGED', 13: 'FULL', 26: 'DAMAGED' };

function failureOf(error: unknown): { code: StoreErrorCode; message: string } {
  const { errcode = 0, message } = error as { errcode?: number; message: string };
  if (error instanceof ForeignDatabaseError) return { code: 'DAMAGED', message };
  return { code: RESULT_CODES[errcode & 0xff] ?? 'FAILED', message };
}

/** Runs all requests in one transaction, each undone alone if it fails; nothing is answered before the commit. */
function runTogether(db: DatabaseSync, operations: Operations, requests: readonly Request[]): Reply[] {
  try {
    db.exec('BEGIN');
    const replies = requests.map((request) => runOne(db, operations, request));
    db.exec('COMMIT');
    return replies;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    return requests.map(({ id }) => ({ id, failure: failureOf(error) }));
  }
}

function runOne(db: DatabaseSync, operations: Operations, { id, operation, argument }: Request): Reply {
  db.exec('SAVEPOINT request');
  try {
    const result = (operations[operation] as (argument: unknown) => unknown)(argument);
    db.exec('RELEASE request');
    return { id, result };
  } catch (error) {
    // A full disk may have undone the whole transaction already: then everything in it has failed.
    if (!db.isTransaction) throw error;
    db.exec('ROLLBACK TO request; RELEASE request');
    return { id, failure: failureOf(error) };
  }
}

function serve(port: NonNullable<typeof parentPort>, db: DatabaseSync): void {
  const operations = createOperations(db);
  let waiting: Request[] = [];
  const commit = () => {
    const requests = waiting;
    waiting = [];
    for (const reply of runTogether(db, operations, requests)) port.postMessage(reply);
  };
  port.on('message', (request: Request | typeof CLOSE) => {
    if (request === CLOSE) {
      if (waiting.length > 0) commit();
      db.close();
      port.close();
      return;
    }
    waiting.push(request);
    if (waiting.length === 1) setImmediate(() => waiting.length > 0 && commit());
  });
}

function start(port: NonNullable<typeof parentPort>, path: string): void {
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { timeout: 2000 });
    prepareDatabase(db, path);
    serve(port, db);
    port.postMessage({ id: 0, result: undefined } satisfies Reply);
  } catch (error) {
    db?.close();
    port.postMessage({ id: 0, failure: failureOf(error) } satisfies Reply);
    port.close();
  }
}

if (parentPort) start(parentPort, (workerData as { path: string }).path);
