import type { DatabaseSync } from 'node:sqlite';
import type { Sample } from '@perfcollector/collection';
import { packer } from '../packed/packed-sample.ts';
import { preparer } from './sql.ts';
import { Waiting } from './waiting.ts';

interface LineRow {
  readonly id: number;
  readonly machine: number;
  readonly name: string;
  readonly ms: number;
  readonly line: string;
}

/** So many lines are in memory at a time. */
const PIECE = 500;

/** Brings samples, of which older versions kept the lines, into the form in which they wait to be sealed. */
export function packSamples(db: DatabaseSync): void {
  const sql = preparer(db);
  const waiting = new Waiting(sql);
  for (let last = -1; ; ) {
    const rows = sql(`
      SELECT sample.rowid AS id, machine, name, ms, line FROM sample JOIN machine ON machine.id = machine
      WHERE sample.rowid > ? ORDER BY sample.rowid LIMIT ?`).all(last, PIECE) as unknown as LineRow[];
    for (const { machine, name, ms, line } of rows) {
      const packed = packer(name)(JSON.parse(line) as Sample);
      waiting.insert(machine, waiting.at(packed, ms, name));
    }
    const end = rows.at(-1);
    if (!end) break;
    last = end.id;
  }
  db.exec('DROP TABLE sample');
}
