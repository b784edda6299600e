import type { StoreErrorCode } from '../store.ts';

/** Operations of a database's thread by name; each takes one argument. */
// biome-ignore lint/suspicious/noExplicitAny: each operation has its own argument and result
export type Operations = Readonly<Record<string, (argument: any) => unknown>>;

/** What the server's thread asks of a database's thread. */
export interface Request {
  readonly id: number;
  readonly operation: string;
  readonly argument: unknown;
}

/** The answer; `id` 0 is the one to opening. An answer to a write comes after the commit. */
export type Reply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: Failure };

export interface Failure {
  readonly code: StoreErrorCode;
  readonly message: string;
}

/** What a database's thread says: answers, together where they were committed together, or something of its own accord. */
export type Message = readonly Reply[] | Notice;

export type Notice = { readonly report: string } | { readonly commit: Commit };

/** A commit that is on disk. */
export interface Commit {
  /** How long it took, from its first write on. */
  readonly seconds: number;
  /** Requests that shared it. */
  readonly requests: number;
}

/** The request that ends the thread, after everything that was asked before it. */
export const CLOSE = 'close';
