import type { EventMark, Header, Sample } from '@perfcollector/collection';
import type { Completeness } from './completeness.ts';
import type { PackedSample } from './packed/packed-sample.ts';

/** Whose data: one machine of one tenant. */
export interface MachineRef {
  readonly tenant: string;
  readonly machine: string;
}

/** Lines of one machine, to be stored together or not at all. */
export interface Batch extends MachineRef {
  readonly headers: readonly Header[];
  readonly samples: readonly (Sample | PackedSample)[];
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
  /** When something of it came last, by the server's clock; null where that was not kept. */
  readonly seen: number | null;
  /** Seconds between two of its samples, as the header of its newest run says. */
  readonly interval: number | null;
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
  /** What the whole store takes on disk; null where it does not say. */
  readonly bytes: number | null;
}

export interface SeriesRequest extends MachineRef {
  /** Names, each with any number of `*`; at most `MOST_SERIES` fields may answer to them. */
  readonly fields: readonly string[];
  /** Unix seconds, both ends included. */
  readonly from: number;
  readonly to: number;
  /** At most so many. */
  readonly points: number;
}

/** How one request's fields went over time, in steps of equal length. */
export interface SeriesReply {
  /** Seconds. */
  readonly step: number;
  /** What it was made from. */
  readonly resolution: Resolution;
  /** Where each step begins, Unix seconds; the first holds `from`. Each series has a value for each of them, null where there is none. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
}

export type Resolution = 'raw' | '1m' | '5m' | '1h';

export type Series =
  | {
      readonly field: string;
      readonly kind: 'gauge';
      readonly min: readonly (number | null)[];
      readonly mean: readonly (number | null)[];
      readonly max: readonly (number | null)[];
    }
  | {
      readonly field: string;
      readonly kind: 'counter';
      /** How far the counter moved in the step; where it began anew (a reboot), what is known of it. */
      readonly increase: readonly (number | null)[];
      /** The same a second, over the time that the increase is known of. */
      readonly rate: readonly (number | null)[];
    };

export const MOST_SERIES = 200;

/** How long what is kept; seconds, or bytes. What is undefined is kept for ever. */
export interface Retention {
  readonly raw?: number | undefined;
  readonly rollups?: { readonly [resolution in Exclude<Resolution, 'raw'>]?: number | undefined } | undefined;
  /** The oldest raw samples go until the store is no larger. */
  readonly bytes?: number | undefined;
}

export interface Pruned {
  readonly samples: number;
  readonly rollups: number;
  /** Of the store, before and after. */
  readonly bytes_before: number;
  readonly bytes_after: number;
}

export interface Verified {
  readonly machines: number;
  readonly samples: number;
  readonly chunks: number;
  /** What is wrong, as sentences; empty where all is well. */
  readonly problems: readonly string[];
}

/** Work on the whole store, where it is this pcd's own. */
export interface Maintenance {
  /** Deletes what is older than it shall be kept. */
  prune(retention: Retention): Promise<Pruned>;
  /** Writes a copy to a new file, while the store goes on. @returns its bytes */
  backup(path: string): Promise<{ readonly bytes: number }>;
  /** Reads everything and decodes it. */
  verify(): Promise<Verified>;
  /** Gives the space of what was deleted back to the file system. */
  vacuum(): Promise<{ readonly bytes_before: number; readonly bytes_after: number }>;
  /** Seals everything that waits, complete or not. @returns the number of its samples */
  seal(): Promise<{ readonly samples: number }>;
}

/** What there is of everything, for those who run the server. */
export interface StoreStats {
  readonly machines: number;
  readonly samples: number;
  readonly first: number | null;
  readonly last: number | null;
  /** Null where the store does not say. */
  readonly bytes: number | null;
  /** Of the embedded store: samples that wait to be sealed, and chunks; null where there are none. */
  readonly rows: number | null;
  readonly chunks: number | null;
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
  /** The machines that it may send and read: a name with any number of `*`; null for all of its tenant. */
  readonly machines: string | null;
  /** Unix seconds; null where it was never used. */
  readonly last_used: number | null;
  /** The secret before the last rotation, and until when it is valid beside the new one. */
  readonly previous: { readonly hash: Uint8Array; readonly until: number } | null;
}

/** What an administrator did. Entries are added and never changed or removed. */
export interface AuditEntry {
  readonly time: number;
  readonly tenant: string;
  /** The id of the key that did it; null for pcd itself, and for a command on the server's own machine. */
  readonly key: string | null;
  /** Where it came from; null where nobody called. */
  readonly address: string | null;
  /** `keys.create`, `machines.delete`, … */
  readonly action: string;
  /** What it was done to. */
  readonly target: string | null;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
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
  /** Undefined where there is no such machine. Names that no field has are left out. */
  series(request: SeriesRequest): Promise<SeriesReply | undefined>;
  totals(tenant: string): Promise<TenantTotals>;
  /** Answers when samples could be appended now, and read. @throws StoreError where they could not */
  ready(): Promise<void>;
  stats(): Promise<StoreStats>;
  /** What can be done to it here; undefined where the data is kept by another program. */
  readonly maintenance?: Maintenance;
  close(): Promise<void>;
}

/** The keys of a pcd, and what its administrators did; always in the embedded database, whatever holds the samples. */
export interface KeyStore {
  keys(): Promise<StoredKey[]>;
  /** Adds a key, or replaces the one of the same id. */
  putKey(key: StoredKey): Promise<void>;
  deleteKey(id: string): Promise<void>;
  /** When keys were used last, by their ids. */
  noteKeyUse(used: Readonly<Record<string, number>>): Promise<void>;
  addAudit(entry: AuditEntry): Promise<void>;
  /** The newest first; of a tenant, or of all. */
  audit(query: { readonly tenant?: string | undefined; readonly limit: number } & TimeRange): Promise<AuditEntry[]>;
}

/**
 * TOO_MANY: more was asked for than is given at once. READONLY: the file, or its disk, cannot be written. NO_ACCESS: it
 * cannot even be opened. UNAVAILABLE: the program that holds the data did not do it.
 */
export type StoreErrorCode =
  | 'FULL'
  | 'BUSY'
  | 'UNAVAILABLE'
  | 'DAMAGED'
  | 'READONLY'
  | 'NO_ACCESS'
  /** More fields answer than may be asked for at once. */
  | 'TOO_MANY'
  /** More samples of one run say that they are of the same millisecond than a clock that was set back explains. */
  | 'CROWDED'
  | 'FAILED';

/** The store did not do what was asked; nothing of it was kept. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
