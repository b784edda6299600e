export type { Completeness, RunCompleteness } from './completeness.ts';
export { openSqliteStore } from './sqlite/sqlite-store.ts';
export {
  type AppendResult,
  type Batch,
  type MachineRef,
  type MachineSummary,
  type Store,
  type StoredKey,
  StoreError,
  type StoreErrorCode,
  type TenantTotals,
  type TimeRange,
} from './store.ts';
