import type { DatabaseSync } from 'node:sqlite';
import type { Sample } from '@perfcollector/collection';
import { noteReceived } from './received.ts';
import { preparer } from './sql.ts';

interface StoredRow {
  readonly id: number;
  readonly machine: number;
  readonly ms: number;
  readonly run: string | null;
  readonly line: string;
}

/** So many lines are in memory at a time. */
const PIECE = 500;

/** Takes note of what was stored before `seq`s were kept. How many duplicates came until now is not known. */
export function fillReceived(db: DatabaseSync): void {
  const sql = preparer(db);
  let last = -1;
  for (;;) {
    const rows = sql(
      'SELECT rowid AS id, machine, ms, run, line FROM sample WHERE rowid > ? ORDER BY rowid LIMIT ?',
    ).all(last, PIECE) as unknown as StoredRow[];
    for (const [machine, samples] of Map.groupBy(rows, (row) => row.machine)) {
      const unnumbered = noteReceived(sql, machine, samples.map(withSeq));
      sql('UPDATE machine SET unnumbered = unnumbered + ? WHERE id = ?').run(unnumbered, machine);
    }
    const end = rows.at(-1);
    if (!end) break;
    last = end.id;
  }
  db.exec(`
    UPDATE machine SET unnumbered_duplicates = NULL;
    INSERT INTO run_duplicates (machine, run, count)
      SELECT machine, run, NULL FROM run UNION SELECT machine, run, NULL FROM run_seq;
  `);
}

/** Parsed here and not by SQLite, which takes no JSON of more than a thousand levels; such a line may be stored. */
function withSeq({ ms, run, line }: StoredRow): { ms: number; run: string | null; seq: number | null } {
  const seq = run === null ? undefined : (JSON.parse(line) as Sample).seq;
  return { ms, run, seq: seq ?? null };
}
