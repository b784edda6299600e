import type { SampleRow } from '../chunk/chunk.ts';
import { ByteReader } from '../frame/byte-reader.ts';
import { ValueReader } from '../frame/values.ts';
import type { Verified } from '../store.ts';
import type { ChunkRef } from './chunks.ts';
import { failureOf } from './failure.ts';
import type { ReadTables } from './reading.ts';
import type { RollupRef, Rollups } from './rollups.ts';

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
  const problems: string[] = [];
  const attempt: Attempt = (what, work) => {
    try {
      return work();
    } catch (error) {
      const { code, message } = failureOf(error);
      if (code !== 'DAMAGED') throw error;
      problems.push(`${what} is damaged: ${message}`);
      return undefined;
    }
  };
  attempt('the file', () => problems.push(...integrityProblems(tables)));
  const select = 'SELECT id AS machine, name FROM machine ORDER BY id';
  const machines = attempt('the list of machines', () => sql(select).all() as unknown as Named[]) ?? [];
  let [samples, chunks] = [0, 0];
  for (const machine of machines) {
    const found = attempt(`${machine.name}: the index of its samples`, () => verifyMachine(tables, machine, attempt));
    samples += found?.samples ?? 0;
    chunks += found?.chunks ?? 0;
    problems.push(...(found?.problems ?? []));
  }
  return { machines: machines.length, samples, chunks, problems };
}

/** Notes where something is damaged, and goes on; then there is no result. */
type Attempt = <T>(what: string, work: () => T) => T | undefined;

function integrityProblems({ sql }: VerifyTables): string[] {
  const found = sql('PRAGMA integrity_check').all() as { integrity_check: string }[];
  return found.map((row) => row.integrity_check).filter((text) => text !== 'ok');
}

function verifyMachine(tables: VerifyTables, { machine, name }: Named, attempt: Attempt) {
  const { sql, waiting, chunks, rollups } = tables;
  const refs = chunks.within(machine, -1, Number.MAX_SAFE_INTEGER);
  let samples = 0;
  for (const ref of refs) samples += attempt(`${name}: the chunk ${spanOf(ref)}`, () => decodeChunk(tables, ref)) ?? 0;
  for (const seconds of [60, 300, 3600] as const)
    for (const ref of rollups.find(machine, seconds, { from: -1, to: Number.MAX_SAFE_INTEGER }))
      attempt(`${name}: the roll-up of ${seconds} s from ${timeText(ref.first_ms)}`, () => decodeRollup(rollups, ref));
  for (const row of waiting.read(machine, -1, Number.MAX_SAFE_INTEGER))
    samples += attempt(`${name}: the sample of ${timeText(row.ms)}`, () => decodeSample(row)) ?? 0;
  const counted = Number(sql('SELECT samples FROM machine WHERE id = ?').get(machine)?.samples);
  const miscount = `${name}: ${samples} samples can be read, and it is said to have ${counted}`;
  return { samples, chunks: refs.length, problems: samples === counted ? [] : [miscount] };
}

function decodeSample({ names, values }: SampleRow): number {
  const reader = new ValueReader(new ByteReader(values));
  for (const _ of names) reader.next();
  return 1;
}

function decodeChunk({ chunks }: VerifyTables, ref: ChunkRef): number {
  let samples = 0;
  for (const _ of chunks.open(ref).samples()) samples += 1;
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
