import { ByteReader, DamagedError } from '../frame/byte-reader.ts';
import { ValueReader } from '../frame/values.ts';
import type { Verified } from '../store.ts';
import type { ChunkRef } from './chunks.ts';
import type { ReadTables } from './reading.ts';
import type { RollupRef, Rollups } from './rollups.ts';
import type { Waiting } from './waiting.ts';

interface VerifyTables extends ReadTables {
  readonly rollups: Rollups;
}

interface Named {
  readonly machine: number;
  readonly name: string;
}

/** Reads every page, and decodes every sample and every roll-up. */
export function verify(tables: VerifyTables): Verified {
  const { sql } = tables;
  const problems: string[] = integrityProblems(tables);
  const machines = sql('SELECT id AS machine, name FROM machine ORDER BY id').all() as unknown as Named[];
  let [samples, chunks] = [0, 0];
  for (const machine of machines) {
    const found = verifyMachine(tables, machine, problems);
    samples += found.samples;
    chunks += found.chunks;
  }
  return { machines: machines.length, samples, chunks, problems };
}

function integrityProblems({ sql }: VerifyTables): string[] {
  const found = sql('PRAGMA integrity_check').all() as { integrity_check: string }[];
  return found.map((row) => row.integrity_check).filter((text) => text !== 'ok');
}

function verifyMachine(tables: VerifyTables, { machine, name }: Named, problems: string[]) {
  const { sql, waiting, chunks, rollups } = tables;
  const attempt = (what: string, work: () => number): number => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof DamagedError)) throw error;
      problems.push(`${name}: ${what} is damaged: ${error.message}`);
      return 0;
    }
  };
  const refs = chunks.within(machine, -1, Number.MAX_SAFE_INTEGER);
  let samples = 0;
  for (const ref of refs) samples += attempt(`the chunk ${spanOf(ref)}`, () => decodeChunk(tables, ref));
  for (const seconds of [60, 300, 3600] as const)
    for (const ref of rollups.find(machine, seconds, { from: -1, to: Number.MAX_SAFE_INTEGER }))
      attempt(`the roll-up of ${seconds} s from ${timeText(ref.first_ms)}`, () => decodeRollup(rollups, ref));
  samples += attempt('what waits to be sealed', () => decodeWaiting(waiting, machine));
  const counted = Number(sql('SELECT samples FROM machine WHERE id = ?').get(machine)?.samples);
  if (samples !== counted) problems.push(`${name}: ${samples} samples can be read, and it is said to have ${counted}`);
  return { samples, chunks: refs.length };
}

function decodeChunk({ chunks }: VerifyTables, ref: ChunkRef): number {
  let samples = 0;
  for (const _ of chunks.open(ref).samples()) samples += 1;
  return samples;
}

function decodeWaiting(waiting: Waiting, machine: number): number {
  let samples = 0;
  for (const row of waiting.read(machine, -1, Number.MAX_SAFE_INTEGER)) {
    const values = new ValueReader(new ByteReader(row.values));
    for (const _ of row.names) values.next();
    samples += 1;
  }
  return samples;
}

function decodeRollup(rollups: Rollups, ref: RollupRef): number {
  const pieces = rollups.open(ref);
  for (const field of pieces.fields) pieces.field(field);
  return pieces.fields.length;
}

function spanOf({ first_ms, last_ms }: ChunkRef): string {
  return `${timeText(first_ms)} to ${timeText(last_ms)}`;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
