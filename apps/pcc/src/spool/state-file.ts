import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { codeOf } from '@perfcollector/cli';
import type { Range } from './ranges.ts';

/** What a spool remembers beside its segments. */
export interface SpoolRecord {
  /** By the segment's number: the places of its lines that the server has. */
  readonly acknowledged: Readonly<Record<string, readonly Range[]>>;
  /** Samples that were dropped and that the server was not told of. */
  readonly untold: number;
}

const NOTHING: SpoolRecord = { acknowledged: {}, untold: 0 };

/** Nothing is remembered where the file is missing, torn or not as expected: then everything is sent again. */
export function readState(path: string): SpoolRecord {
  try {
    return checkRecord(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (codeOf(error) !== undefined || error instanceof SyntaxError) return NOTHING;
    throw error;
  }
}

/** It takes its name when it is whole; it need not outlive a power cut. */
export function writeState(path: string, state: SpoolRecord): void {
  const isNothing = state.untold === 0 && Object.keys(state.acknowledged).length === 0;
  if (isNothing) {
    rmSync(path, { force: true });
    return;
  }
  const temporary = `${path}.new`;
  writeFileSync(temporary, JSON.stringify(state), { mode: 0o600 });
  renameSync(temporary, path);
}

function checkRecord(value: unknown): SpoolRecord {
  const { acknowledged, untold } = Object(value) as Record<string, unknown>;
  const entries = Object.entries(Object(acknowledged) as Record<string, unknown>);
  return {
    acknowledged: Object.fromEntries(
      entries.filter(([number, ranges]) => /^\d{1,12}$/.test(number) && areRanges(ranges)),
    ) as SpoolRecord['acknowledged'],
    untold: Number.isSafeInteger(untold) && Number(untold) >= 0 ? Number(untold) : 0,
  };
}

function areRanges(value: unknown): value is Range[] {
  return Array.isArray(value) && value.every(isRange);
}

function isRange(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [start, end] = value;
  return Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start < end;
}
