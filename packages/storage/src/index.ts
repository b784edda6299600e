export type { Completeness, RunCompleteness } from './completeness.ts';
export { isPacked, type PackedSample, packer, unpackSample } from './packed-sample.ts';
export { type EmbeddedStore, openSqliteStore, type SqliteOptions } from './sqlite/sqlite-store.ts';
export {
  type AppendResult,
  type AuditEntry,
  type Batch,
  type KeyStore,
  type MachineRef,
  type MachineSummary,
  type Maintenance,
  MOST_SERIES,
  type Retention,
  type Series,
  type SeriesReply,
  type SeriesRequest,
  type Store,
  type StoredKey,
  StoreError,
  type StoreErrorCode,
  type StoreStats,
  type TenantTotals,
  type TimeRange,
} from './store.ts';
