import type { EventMark, Header, Sample } from '@perfcollector/collection';
import type { Completeness } from './completeness.ts';

/** Whose data: one machine of one tenant. */
export interface MachineRef {
  readonly tenant: string;
  readonly machine: string;
}

/** Lines of one machine, to be stored together or not at all. */
export interface Batch extends MachineRef {
  readonly headers: readonly Header[];
  readonly samples: readonly Sample[];
  readonly events: readonly EventMark[];
}

export interface AppendResult {
  /** Samples that are new, or that added fields to one of the same timestamp. */
  readonly stored: number;
  /** Samples that were there already. */
  readonly duplicates: number;
}

/** Times are Unix seconds. */
export interface MachineSummary {
  readonly id: string;
  readonly first: number | null;
  readonly last: number | null;
  readonly samples: number;
  readonly runs: number;
}

export interface TimeRange {
  /** Unix seconds, both ends included. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface TenantTotals {
  readonly machines: number;
  readonly samples: number;
  readonly first: number | null;
  readonly last: number | null;
  /** What the whole store takes on disk. */
  readonly bytes: number;
}

/** A managed key. Of the key itself only a hash is kept. */
export interface StoredKey {
  readonly id: string;
  readonly hash: Uint8Array;
  readonly tenant: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly created: number;
  readonly expires: number | null;
}

/**
 * Where pcd keeps what it was sent. Every method that writes returns when the data is durable, and throws StoreError when
 * nothing of it was kept.
 */
export interface Store {
  readonly kind: string;
  append(batch: Batch): Promise<AppendResult>;
  machines(tenant: string): Promise<MachineSummary[]>;
  /** Undefined where there is no such machine; `header` is that of its newest run. */
  machine(ref: MachineRef): Promise<(MachineSummary & { header: Header | null }) | undefined>;
  /** Which samples of its runs are missing; of the runs that lie in a time, if only in part. Undefined where there is no such machine. */
  completeness(ref: MachineRef, range: TimeRange): Promise<Completeness | undefined>;
  /** Deletes a machine with all its data; the number of its samples, undefined where there is no such machine. */
  deleteMachine(ref: MachineRef): Promise<number | undefined>;
  /** The machine's lines in time order, each run's header before its first sample; in pieces of bounded size. */
  collection(ref: MachineRef, range: TimeRange): AsyncIterable<string>;
  totals(tenant: string): Promise<TenantTotals>;
  keys(): Promise<StoredKey[]>;
  putKey(key: StoredKey): Promise<void>;
  deleteKey(id: string): Promise<void>;
  close(): Promise<void>;
}

export type StoreErrorCode = 'FULL' | 'BUSY' | 'DAMAGED' | 'FAILED';

/** The store did not do what was asked; nothing of it was kept. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
