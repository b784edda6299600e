import { DamagedError } from '../frame/byte-reader.ts';
import { StoreError, type StoreErrorCode } from '../store.ts';
import type { Failure } from './protocol.ts';
import { ForeignDatabaseError } from './schema.ts';

/** SQLite's primary result codes; https://www.sqlite.org/rescode.html. */
const RESULT_CODES: Record<number, StoreErrorCode> = {
  3: 'NO_ACCESS',
  5: 'BUSY',
  8: 'READONLY',
  11: 'DAMAGED',
  13: 'FULL',
  14: 'NO_ACCESS',
  26: 'DAMAGED',
};

/** An error as it is told to another thread. */
export function failureOf(error: unknown): Failure {
  const { errcode = 0, message } = error as { errcode?: number; message: string };
  if (error instanceof StoreError) return { code: error.code, message };
  if (error instanceof ForeignDatabaseError || error instanceof DamagedError) return { code: 'DAMAGED', message };
  return { code: RESULT_CODES[errcode & 0xff] ?? 'FAILED', message };
}
