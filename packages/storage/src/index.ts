export type { Completeness, RunCompleteness } from './completeness.ts';
export { DATABASE_FILE } from './sqlite/database-file.ts';
export { type EmbeddedStore, openSqliteStore } from './sqlite/sqlite-store.ts';
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
