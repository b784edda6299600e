export type { Completeness, RunCompleteness } from './completeness.ts';
export { fitsPattern } from './field-pattern.ts';
export { isPacked, type PackedSample, packer, unpackSample } from './packed/packed-sample.ts';
export { type ScannedRequest, scanSamples } from './packed/scan-samples.ts';
export { Shapes } from './packed/shape.ts';
export { DATABASE_FILE } from './sqlite/database-file.ts';
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
export { checkVictoriaMetricsAddress, isVictoriaMetricsAddress } from './victoriametrics/address.ts';
export { openVictoriaMetricsStore } from './victoriametrics/victoria-metrics-store.ts';
