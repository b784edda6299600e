import { statSync } from 'node:fs';
import { backup, DatabaseSync } from 'node:sqlite';
import { fieldKinds } from '../rollup/field-kind.ts';
import type { MachineRef, Retention } from '../store.ts';
import { type AppendRequest, append } from './append.ts';
import { Background } from './background.ts';
import { Backlog } from './backlog.ts';
import { Chunks } from './chunks.ts';
import { keyOperations } from './keys.ts';
import { prune } from './retention.ts';
import { Rollups } from './rollups.ts';
import type { Report } from './schema.ts';
import { Sealing } from './sealing.ts';
import { preparer } from './sql.ts';
import { bytesOf } from './summaries.ts';
import { systemClock } from './time.ts';
import { Waiting } from './waiting.ts';
import { waitingHours } from './waiting-hours.ts';

export type Writer = ReturnType<typeof createWriter>;

/** Everything that changes the database. */
export function createWriter(db: DatabaseSync, { retention, report }: { retention: Retention; report: Report }) {
  const sql = preparer(db);
  const kindOf = fieldKinds();
  const [waiting, chunks, rollups] = [new Waiting(sql), new Chunks(sql), new Rollups(sql, kindOf)];
  const sealing = new Sealing({ sql, waiting, chunks, rollups, kindOf });
  const backlog = new Backlog(systemClock);
  const tables = { sql, waiting, chunks, sealing, backlog };
  const forget = () => {
    waiting.forget();
    chunks.forget();
  };
  const transact = <T>(work: () => T): T => {
    db.exec('BEGIN');
    try {
      const result = work();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      forget();
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };
  const background = new Background({ sql, sealing, backlog, retention, transact, clock: systemClock, report });
  for (const { machine, hourMs } of waitingHours(sql)) backlog.note(machine, hourMs, 0);
  return {
    forget,
    transact,
    background,
    /** Each is called inside a transaction. */
    operations: {
      append: (request: AppendRequest) => append(tables, request),
      /** Its turn comes behind all that waits, and its transaction is one as any other's. */
      ready() {},
      deleteMachine({ tenant, machine }: MachineRef): number | undefined {
        forget();
        const remove = 'DELETE FROM machine WHERE tenant = ? AND name = ? RETURNING samples';
        return sql(remove).get(tenant, machine)?.samples as number | undefined;
      },
      ...keyOperations(sql),
    },
    /** Each of their steps is called inside a transaction. */
    jobs: {
      prune: (wanted: Retention) => prune(sql, wanted, systemClock.now()),
      seal: () => background.sealAll(),
    },
    /** Called outside of transactions. */
    loose: {
      async backup(path: string): Promise<{ bytes: number }> {
        // By a connection of its own that holds one state: SQLite refuses to copy in the midst of a write of the same one.
        const source = new DatabaseSync(db.location() ?? '', { readOnly: true });
        try {
          source.exec('BEGIN; SELECT count(*) FROM sqlite_schema');
          await backup(source, path);
        } finally {
          source.close();
        }
        return { bytes: statSync(path).size };
      },
      vacuum(): { bytes_before: number; bytes_after: number } {
        const before = bytesOf(sql);
        db.exec('PRAGMA auto_vacuum = INCREMENTAL; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
        return { bytes_before: before, bytes_after: bytesOf(sql) };
      },
    },
  };
}
