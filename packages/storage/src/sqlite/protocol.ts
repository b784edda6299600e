import type { StoreErrorCode } from '../store.ts';
import type { Operations } from './operations.ts';

/** What the server's thread asks of the database's thread. */
export interface Request {
  readonly id: number;
  readonly operation: keyof Operations;
  readonly argument: unknown;
}

/** The answer; `id` 0 is the one to opening. An answer to a write comes after the commit. */
export type Reply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: { readonly code: StoreErrorCode; readonly message: string } };

/** The request that ends the thread, after everything that was asked before it. */
export const CLOSE = 'close';
