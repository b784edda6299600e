import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { packer } from '../packed/packed-sample.ts';
import { fieldKinds } from '../rollup/field-kind.ts';
import { START, sample, WEB } from '../test-contract/fixtures.ts';
import { append } from './append.ts';
import { Backlog } from './backlog.ts';
import { Chunks } from './chunks.ts';
import { Rollups } from './rollups.ts';
import { prepareDatabase } from './schema.ts';
import { Sealing } from './sealing.ts';
import { preparer } from './sql.ts';
import { Waiting } from './waiting.ts';

/** What appends and sealing work on, in memory; whenever it looks at the clock ten minutes have gone by. */
function openTables() {
  const db = new DatabaseSync(':memory:');
  prepareDatabase(db, ':memory:', () => undefined);
  const [sql, kindOf] = [preparer(db), fieldKinds()];
  const [waiting, chunks, rollups] = [new Waiting(sql), new Chunks(sql), new Rollups(sql, kindOf)];
  let elapsed = 0;
  const tenMinutesOn = () => {
    elapsed += 600_000;
    return elapsed;
  };
  const clock = { now: () => Date.now(), elapsed: tenMinutesOn };
  const sealing = new Sealing({ sql, waiting, chunks, rollups, kindOf });
  return { sql, waiting, chunks, sealing, backlog: new Backlog(clock) };
}

type Tables = ReturnType<typeof openTables>;

function put(tables: Tables, timestamp: number, fields: Record<string, number>) {
  const { names, count: _count, ...packed } = packer(WEB.machine)(sample(timestamp, fields));
  return append(tables, {
    ...WEB,
    headers: [],
    events: [],
    now: 0,
    shapes: [names],
    samples: [{ ...packed, shape: 0 }],
  });
}

/** Seals what nothing came for in a while; gives how many samples each hour had. */
function sealNoted({ backlog, sealing }: Tables): number[] {
  backlog.sweep();
  const sealed: number[] = [];
  for (let hour = backlog.next(); hour; hour = backlog.next()) sealed.push(sealing.sealHour(hour.machine, hour.hourMs));
  return sealed;
}

it('an hour waits to be sealed again for a late sample, and for fields that are added to one that was sealed', () => {
  const tables = openTables();
  for (const at of [0, 10, 20]) put(tables, START + at, { a: at });
  expect(sealNoted(tables)).toEqual([3]);
  expect(put(tables, START + 10, { a: 10 })).toEqual({ stored: 0, duplicates: 1 });
  expect(sealNoted(tables)).toEqual([]);
  expect(put(tables, START + 10, { b: 1 })).toEqual({ stored: 1, duplicates: 0 });
  expect(sealNoted(tables)).toEqual([3]);
  expect(put(tables, START + 15, { a: 15 })).toEqual({ stored: 1, duplicates: 0 });
  expect(sealNoted(tables)).toEqual([4]);
});
